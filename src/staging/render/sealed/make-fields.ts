import type { Unsealed } from '../../../core/effects/sealer.ts'
import { isObject } from '../../../core/json.ts'
import { bad, good, problem } from '../../../core/problem.ts'
import type { Outcome, Problem } from '../../../core/problem.ts'
import type { ResolvedRelease, Site } from '../../../core/records.ts'
import type { SiteValue } from '../../../core/site-values/recipe.ts'
import type { Target } from '../../../core/target.ts'
import type { RenderSystem } from '../read-release.ts'
import type { ReleaseDocuments } from '../render-release.ts'
import type { Settled } from '../settle.ts'
import { fieldsIn, fileOf, nameOfField, ofAnother } from './fields.ts'
import { changedInputs, layerName, sealedFilesOf } from './inputs.ts'
import type { Inputs } from './inputs.ts'
import { renderReally } from './real-render.ts'
import type { OpenFiles } from './real-render.ts'

/** What a set was rendered from, and what it was rendered to. */
export interface Scene {
  site: Site
  target: Target
  settled: Settled
  system: RenderSystem
}

const madeAnew = (release: ResolvedRelease, name: string, own: string, files: string[]): Problem =>
  problem({
    code: 'render/sealed-anew',
    severity: 'warning',
    what: `Release ${release.name}: ${name}, which is different at each render, was made and sealed anew, as ${files.join(', ')} changed.`,
    where: [{ in: 'release', release: release.name, file: release.file }],
    why: 'It may be made of a value there, such as the hash of a password.',
    fix: `Where it is not, and must stay, put the old one back (sops edit ${own}): the next render keeps it.`,
  })

const besideKept = (release: ResolvedRelease, made: string[], kept: string[], own: string): Problem =>
  problem({
    code: 'render/sealed-beside-kept',
    severity: 'warning',
    what: `Release ${release.name}: ${made.join(', ')} was made now, while ${kept.join(', ')}, which is as random, stays as it was sealed.`,
    where: [{ in: 'release', release: release.name, file: release.file }],
    why: 'If they belong together, as a key and its certificate do, they do not fit.',
    fix: `Then remove ${own}, and render with the key: all of it is made anew.`,
  })

/**
 * With the key: what the chart really makes. What is the same in two renders is that; what differs (dice) stays as it is sealed, unless a sealed
 * values file has changed since.
 */
export const makeFields = async (
  document: ReleaseDocuments,
  fields: SiteValue[],
  previous: Unsealed | undefined,
  inputs: Inputs,
  open: OpenFiles,
  { target, settled, system }: Scene,
): Promise<Outcome<Map<string, string>>> => {
  const { release } = document
  const masked = document.objects.map(({ object }) => object)
  const telling = settled.tellingOf(release)
  const valuesOf = async (salt: string): Promise<Outcome<Map<string, string>>> => {
    const rendered = await renderReally(release, target, telling, salt, open, {
      ...system,
      salting: settled.salting,
    })
    return rendered.ok ? fieldsIn(release, fields, masked, rendered.value) : rendered
  }
  // The second one has other placeholders for what only the control plane has.
  const [one, twin] = await Promise.all([valuesOf(''), valuesOf('twin')])
  if (!one.ok) return one
  if (!twin.ok) return twin
  const [first, second] = [one.value, twin.value]
  const differ = fields.filter(({ id }) => first.get(id) !== second.get(id))
  if (differ.length === 0) return good(first)
  const third = await valuesOf('')
  if (!third.ok) return third
  const [of, ...ofOthers] = differ
    .filter(({ id }) => first.get(id) === third.value.get(id))
    .map((field) => ofAnother(release, field))
  if (of) return bad([of, ...ofOthers])

  const changed = changedInputs(previous?.values['inputs'], inputs)
  const changedFiles = sealedFilesOf(release, fields).filter((file) => changed.includes(layerName(file)))
  const kept = isObject(previous?.values['values']) ? previous.values['values'] : {}
  const warnings: Problem[] = []
  const values = new Map(first)
  const [made, stay]: [string[], string[]] = [[], []]
  for (const field of differ) {
    const name = nameOfField(field)
    const was = Object.hasOwn(kept, name) ? kept[name] : undefined
    if (typeof was !== 'string') made.push(name)
    else if (changedFiles.length > 0) warnings.push(madeAnew(release, name, fileOf(field), changedFiles))
    else {
      stay.push(name)
      values.set(field.id, was)
    }
  }
  if (made.length > 0 && stay.length > 0) warnings.push(besideKept(release, made, stay, fileOf(differ[0]!)))
  return good(values, warnings)
}
