import type { Parts } from '../../core/effects/maker.ts'
import type { Sealer } from '../../core/effects/sealer.ts'
import { atPointer } from '../../core/pointer.ts'
import { good, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { SiteValue } from '../../core/site-values/recipe.ts'
import type { Wanted } from '../../core/wanted.ts'
import { holdsPlaceholder } from '../../core/site-values/placeholder.ts'

const refuse = (slug: string, file: string, set: string, what: string, fix: string): Problem =>
  problem({
    code: `apply/${slug}`,
    what,
    where: [{ in: 'bundle', bundle: set, member: `sealed/${file}` }],
    fix,
  })

const bundleAgain = 'Render with the key, commit, and build a new bundle.'

/**
 * The values that travel encrypted with the bundle, by id, decrypted in memory; they are kept nowhere. Refused, all at once: no identity, the wrong one, a file that was
 * altered (`sops/…`), and `apply/sealed-site-value`: a value that is not in its file, is no text, or was left in clear.
 */
export const sealedValues = async (
  { manifest: { name }, sealed = new Map() }: Pick<Wanted, 'manifest' | 'sealed'>,
  values: SiteValue[],
  sealer: Pick<Sealer, 'openSealed'> | undefined,
): Promise<Outcome<Map<string, Parts>>> => {
  const wanted = values.flatMap(({ id, recipe }) => (recipe.made === 'sealed' ? [{ id, ...recipe }] : []))
  if (wanted.length === 0) return good(new Map())
  const problems: Problem[] = []
  const parts = new Map<string, Parts>()
  for (const [file, own] of Map.groupBy(wanted, (one) => one.file)) {
    const text = sealed.get(file)
    if (text === undefined || sealer === undefined) {
      const lacks = text === undefined ? 'the bundle does not hold it' : 'there is no identity to open it'
      const what = `${own.map(({ id }) => id).join(', ')}: sealed in ${file}, and ${lacks}.`
      problems.push(refuse('sealed-site-value', file, name, what, bundleAgain))
      continue
    }
    const opened = await sealer.openSealed(text, file)
    if (!opened.ok) {
      problems.push(...opened.problems.map((one) => atApply(one, name, file)))
      continue
    }
    const encrypted = new Set(opened.value.sealed)
    for (const { id, pointer } of own) {
      const value = atPointer(opened.value.values, pointer)
      const why =
        typeof value !== 'string'
          ? `${file} has no text at ${pointer}`
          : !encrypted.has(pointer)
            ? `${file} has it at ${pointer} in clear, or it is empty`
            : holdsPlaceholder(value)
              ? `a placeholder lies at ${pointer} of ${file}`
              : undefined
      if (why === undefined) parts.set(id, { value: value as string })
      else
        problems.push(
          refuse(
            'sealed-site-value',
            file,
            name,
            `The site value ${id} travels sealed, and ${why}.`,
            bundleAgain,
          ),
        )
    }
  }
  return unless(problems, () => parts)
}

const whichKey =
  'Name the file with the identity of this control plane: --identity FILE, or SOPS_AGE_KEY_FILE.'

/** What the sealer says, for who applies: the file is in the bundle. */
const atApply = (told: Problem, set: string, file: string): Problem => ({
  ...told,
  where: [{ in: 'bundle', bundle: set, member: `sealed/${file}` }],
  fix: ['sops/no-identity', 'sops/wrong-identity'].includes(told.code) ? whichKey : bundleAgain,
})
