import type { VerifiedBundle } from '../../core/bundle/verified.ts'
import { beingRemoved } from '../../core/inventory.ts'
import type { Inventory } from '../../core/inventory.ts'
import { originOf } from '../../core/origin.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { suggest } from '../../core/suggest.ts'

/** All releases of which something is there, also those that never came up in full; sorted. */
export const releasesIn = ({ releases, entries }: Inventory): string[] =>
  Array.from(new Set([...Object.keys(releases), ...Array.from(entries.values(), ({ release }) => release)]))
    .filter((name) => name !== '')
    .sort()

/**
 * What stands in the way of removing these releases: names that are not there, and releases that stay and depend on them. `bundles` are those that are at
 * hand of what is there, by digest; that one is not is told. Pure.
 */
export const removalProblems = (
  set: string,
  there: Inventory,
  names: string[],
  bundles: ReadonlyMap<string, VerifiedBundle>,
): Problem[] => {
  const present = releasesIn(there)
  const unknown = names.filter((name) => !present.includes(name))
  const staying = present.filter((name) => !names.includes(name) && there.releases[name] !== beingRemoved)
  const needed = staying.flatMap((name) => {
    const bundle = bundles.get(originOf(there, name)?.bundle ?? '')
    const release = bundle?.manifest.releases.find((one) => one.name === name)
    return (release?.dependsOn ?? []).filter((of) => names.includes(of)).map((of) => ({ name, of }))
  })
  const unread = staying.filter((name) => !bundles.has(originOf(there, name)?.bundle ?? ''))
  return [
    ...unknown.map((name) => {
      const near = suggest(name, present)
      return problem({
        code: 'remove/unknown-release',
        fault: 'usage',
        what: `${set} has no release ${name} on this cluster.`,
        fix:
          near === undefined
            ? `It has: ${present.length === 0 ? 'none' : present.join(', ')}.`
            : `Did you mean ${near}?`,
      })
    }),
    ...needed.map(({ name, of }) =>
      problem({
        code: 'remove/needed',
        what: `Release ${name} depends on ${of}.`,
        where: [{ in: 'release', release: name }],
        why: `Without ${of} it would not work, or could not be removed cleanly later.`,
        fix: `Remove ${name} as well: scout-apply remove ${[...names, name].join(' ')}.`,
      }),
    ),
    ...(unread.length === 0
      ? []
      : [
          problem({
            code: 'remove/dependents-unknown',
            severity: 'warning',
            fault: 'world',
            what: `Whether ${unread.join(', ')} depend on what is removed is not known: their bundle is not at hand.`,
            fix: 'Name its file with --bundle FILE, or look into releases/ of the staging side.',
          }),
        ]),
  ]
}
