import type { Revision } from '../../core/history.ts'
import type { Inventory } from '../../core/inventory.ts'
import { originOf } from '../../core/origin.ts'
import { purposeFor } from '../../core/purpose.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'

/** Where a rollback goes. */
export interface Target {
  revision: Revision
  /** The bundle that holds it: of a release alone the one that it came from then. */
  bundle: string
  version: string
}

const refuse = (what: string, fix: string): Outcome<never> =>
  bad([problem({ code: 'rollback/no-target', fault: 'usage', what, fix })])

const listThem = 'scout-apply history shows which revisions there are.'

const bundlesFor = ({ releases, bundle, version }: Revision, only: string[]) =>
  only.length === 0
    ? [{ bundle, version }]
    : only.map((name) => {
        const then = Object.hasOwn(releases, name) ? releases[name] : undefined
        return then?.state === 'there' ? { bundle: then.bundle, version: then.version } : undefined
      })

/** Whether all that is meant was there in full after a run, from one bundle. */
const isGood = (revision: Revision, only: string[]): boolean => {
  const bundles = bundlesFor(revision, only)
  const [first] = bundles
  if (first === undefined || bundles.some((one) => one?.bundle !== first.bundle)) return false
  return (
    only.length > 0 ||
    (revision.state === 'applied' && revision.only === undefined && revision.did !== 'remove')
  )
}

/** Whether a run left what is there now, of all that is meant. */
const isPresent = (revision: Revision, there: Inventory | undefined, only: string[]): boolean => {
  if (there === undefined) return false
  const isWhole = (name: string): boolean => (there.releases[name] ?? '').length > 1
  if (only.length > 0)
    return only.every(
      (name) => isWhole(name) && originOf(there, name)?.bundle === revision.releases[name]?.bundle,
    )
  return (
    there.bundle === revision.bundle &&
    Object.keys(there.apart ?? {}).length === 0 &&
    Object.entries(revision.releases).every(([name, { state }]) => state !== 'there' || isWhole(name))
  )
}

/** Where a rollback was on its way to that did not come to its end. */
const begun = (revisions: Revision[], there: Inventory | undefined, only: string[]): Revision | undefined =>
  there?.state === 'applying'
    ? revisions.findLast((one) => {
        const [first] = bundlesFor(one, only)
        return first !== undefined && purposeFor('rollback', only, first.bundle) === there.purpose
      })
    : undefined

/**
 * The revision that a rollback goes back to: the one that is asked for, or the last one that was there in full and is not what is there now. `only`: the
 * releases that go back alone. Pure.
 */
export const targetOf = (
  set: string,
  revisions: Revision[],
  there: Inventory | undefined,
  { revision, only }: { revision: number | undefined; only: string[] },
): Outcome<Target> => {
  const known = revisions.map((one) => one.revision)
  const found =
    revision === undefined
      ? (begun(revisions, there, only) ??
        revisions.findLast((one) => isGood(one, only) && !isPresent(one, there, only)))
      : revisions.find((one) => one.revision === revision)
  const what = only.length === 0 ? set : `${only.join(', ')} of ${set}`
  if (found === undefined)
    return revision === undefined
      ? refuse(
          `There is no earlier revision of ${what} that was applied in full.`,
          `Name a revision, or the file of its bundle: --bundle FILE. ${listThem}`,
        )
      : refuse(
          `Revision ${revision} of ${set} is not remembered; ${known.length === 0 ? 'none is' : `known are ${known.join(', ')}`}.`,
          `Name one of them, or the file of its bundle: --bundle FILE. ${listThem}`,
        )
  const number = found.revision
  if (found.did === 'remove' && only.length === 0)
    return refuse(
      `Revision ${number} was a removal: there is nothing to go back to.`,
      `Name another revision. ${listThem}`,
    )
  if (found.only && only.length === 0)
    return refuse(
      `Revision ${number} was of ${found.only.join(', ')} alone.`,
      `Go back with ${found.only.length === 1 ? 'it' : 'them'} alone: scout-apply rollback ${number} ${found.only.map((name) => `--only ${name}`).join(' ')}; or name another revision.`,
    )
  const bundles = bundlesFor(found, only)
  const missing = only.filter((_, at) => bundles[at] === undefined)
  if (missing.length > 0)
    return refuse(
      `Revision ${number} did not have ${missing.join(', ')} in full.`,
      `Name another revision. ${listThem}`,
    )
  const [first] = bundles
  if (first === undefined || bundles.some((one) => one?.bundle !== first.bundle))
    return refuse(
      `At revision ${number}, ${only.join(', ')} came from several bundles.`,
      'Go back with one release after the other.',
    )
  const warnings =
    found.state === 'applied'
      ? []
      : [
          problem({
            code: 'rollback/not-applied-then',
            severity: 'warning',
            what: `Revision ${number} was not applied in full then: ${found.state}.`,
            fix: `Check that it is the one that is meant. ${listThem}`,
          }),
        ]
  return good({ revision: found, ...first }, warnings)
}
