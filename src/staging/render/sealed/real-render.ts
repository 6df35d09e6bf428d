import type { Unsealed } from '../../../core/effects/sealer.ts'
import type { KubeObject } from '../../../core/object.ts'
import { atPointer } from '../../../core/pointer.ts'
import { bad, good, problem } from '../../../core/problem.ts'
import type { Outcome, Problem, Where } from '../../../core/problem.ts'
import type { ResolvedRelease } from '../../../core/records.ts'
import { placeholderForm, placeholderOf } from '../../../core/site-values/placeholder.ts'
import { isInValues } from '../../../core/site-values/recipe.ts'
import { jsonAsYaml } from '../../../core/site-values/sealed-values.ts'
import type { Target } from '../../../core/target.ts'
import type { RenderSystem } from '../read-release.ts'
import { readUnmasked } from '../render-release.ts'
import type { Telling } from '../render-release.ts'
import type { Salting } from '../salting.ts'

/** Opened values files, by path. */
export type OpenFiles = ReadonlyMap<string, Unsealed>

/** The texts of a release's sealed values files, by their placeholders of this salt. */
const textsOf = ({ siteValues }: ResolvedRelease, open: OpenFiles, salt: string): Map<string, string> =>
  new Map(
    siteValues.flatMap(({ id, recipe }) => {
      if (recipe.made !== 'sealed' || !isInValues({ id, recipe })) return []
      const text = atPointer(open.get(recipe.file)?.values ?? {}, recipe.pointer)
      return typeof text === 'string' ? [[placeholderOf(id, 'value', salt), text] as const] : []
    }),
  )

/** Where a problem lies, without a line of what was rendered. */
const bare = (where: Where): Where => {
  if (where.in !== 'file') return where
  const { excerpt: _, ...rest } = where
  return rest
}

/** Helm's words can quote a value, so none of them is told: only where it stopped. */
const refused = (release: ResolvedRelease, problems: Problem[]): Problem =>
  problem({
    code: 'render/sealed-values-refused',
    fault: problems.every(({ fault }) => fault === 'world') ? 'world' : 'input',
    what: `Release ${release.name} renders with placeholders, and not with the values of its sealed files.`,
    where: [...problems.flatMap(({ where }) => where.map(bare)), { in: 'release', release: release.name }],
    why: "The chart does not take what one of them is, or helm was stopped. Helm's words are not shown, as they may hold a value.",
    fix: 'Look at what the template expects there (a form, a length, a certificate), and correct the value with sops.',
  })

/**
 * Renders a release with the real values of its sealed files, once. They are handed to helm in a folder that only this user can read, and that is
 * removed; nothing of it is kept, and no problem holds a word of it.
 */
export const renderReally = async (
  release: ResolvedRelease,
  target: Target,
  telling: Telling,
  salt: string,
  open: OpenFiles,
  system: RenderSystem & { salting: Salting },
): Promise<Outcome<KubeObject[]>> => {
  const texts = textsOf(release, open, salt)
  // A sealed layer comes as JSON, and placeholders stand in texts only.
  const filled = (json: string): string =>
    json.replaceAll(placeholderForm, (placeholder) => {
      const text = texts.get(placeholder)
      return text === undefined ? placeholder : jsonAsYaml(text).slice(1, -1)
    })
  const { helm } = system
  const read = await readUnmasked(release, target, telling, salt, {
    ...system,
    helm: {
      version: helm.version,
      template: (request) =>
        helm.template({
          ...request,
          values: request.values.map((layer) =>
            layer.from === 'text' ? { from: 'text', text: filled(layer.text) } : layer,
          ),
        }),
    },
  })
  return read.ok
    ? good(read.value.objects.map(({ object }) => object))
    : bad([refused(release, read.problems)])
}
