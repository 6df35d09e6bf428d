import type { Inventory } from '../../core/inventory.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { Wanted } from '../../core/wanted.ts'

/** The inventory of a set whose last run was cut short; refused where none was. */
export const cutShort = (there: Inventory | undefined, set: string): Outcome<Inventory> =>
  there?.state === 'applying'
    ? good(there)
    : bad([
        problem({
          code: 'plan/nothing-to-resume',
          what: there
            ? `There is nothing to take up: the last run of ${set} came to its end, with bundle ${there.version} (sequence ${there.sequence}).`
            : `There is nothing to take up: nothing of ${set} was ever applied.`,
          where: [{ in: 'bundle', bundle: set }],
          fix: 'Apply the bundle without the word resume.',
        }),
      ])

/** Refuses where the run that was cut short had another purpose (`undefined`: a whole bundle). */
export const unlessOther = (there: Inventory, set: string, purpose: string | undefined): Outcome<void> =>
  there.purpose === purpose
    ? good(undefined)
    : bad([
        problem({
          code: 'plan/another-run',
          what: `The run of ${set} that was cut short was another one: ${there.purpose ?? `bundle ${there.version} as a whole`}.`,
          where: [{ in: 'bundle', bundle: set }],
          fix: 'Give the same command again that was cut short.',
        }),
      ])

/** Refuses to take up a run where none was cut short, or where it was another one, and says which. */
export const unlessResumable = (
  found: Inventory | undefined,
  { manifest, digest, part, purpose }: Pick<Wanted, 'manifest' | 'digest' | 'part' | 'purpose'>,
): Outcome<void> => {
  const { name, version, sequence } = manifest
  const cut = cutShort(found, name)
  if (!cut.ok) return cut
  const there = cut.value
  const same = unlessOther(there, name, purpose)
  if (!same.ok) return same
  if (part !== undefined || there.bundle === digest) return good(undefined)
  return bad([
    problem({
      code: 'plan/another-bundle',
      what: `The run of ${name} that was cut short was begun with bundle ${there.version} (sequence ${there.sequence}, ${there.bundle}), and this is ${version} (sequence ${sequence}, ${digest}).`,
      where: [{ in: 'bundle', bundle: name }],
      why: 'Another bundle starts anew: hooks that have finished run again.',
      fix: `Resume with bundle ${there.version}; or apply this one without the word resume: it goes on from whatever is there.`,
    }),
  ])
}
