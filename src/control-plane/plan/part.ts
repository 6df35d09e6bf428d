import { isNamespace } from '../../core/namespaces.ts'
import { keyOf } from '../../core/object.ts'
import { problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { purposeFor } from '../../core/purpose.ts'
import { suggest } from '../../core/suggest.ts'
import { appliedObjects, objectsOf, releaseDigest } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'

const unknownRelease = ({ manifest }: Wanted, name: string): Problem => {
  const known = manifest.releases.map((one) => one.name)
  const near = suggest(name, known)
  return problem({
    code: 'plan/unknown-release',
    fault: 'usage',
    what: `Bundle ${manifest.version} of ${manifest.name} has no release ${name}.`,
    where: [{ in: 'bundle', bundle: manifest.name }],
    fix: near === undefined ? `It has: ${known.join(', ')}.` : `Did you mean ${near}?`,
  })
}

/**
 * A bundle as if it had these releases alone, with the namespaces that they need; what it says of all others is kept as far as the plan must
 * know it. Site values stay as they are, so that Pods bear the same stamps as in a whole run. Without names it is the bundle itself. Refuses names
 * that it has not. Pure.
 */
export const limitTo = (wanted: Wanted, names: string[]): Outcome<Wanted> => {
  if (names.length === 0) return unless([], () => wanted)
  const { manifest } = wanted
  const releases = new Set(names)
  const isOf = ({ name }: { name: string }): boolean => releases.has(name)
  const unknown = names.filter((name) => !manifest.releases.some((one) => one.name === name))
  return unless(
    unknown.map((name) => unknownRelease(wanted, name)),
    () => {
      const own = wanted.releases.filter(isOf)
      const objects = own.flatMap(objectsOf)
      const namespaces = new Set([
        ...own.map(({ namespace }) => namespace),
        ...objects.map(({ id }) => (isNamespace(id) ? id.name : id.namespace)),
      ])
      const others = wanted.releases.filter((one) => !isOf(one))
      const needs = own.flatMap(({ name, dependsOn }) =>
        others
          .filter((other) => dependsOn.includes(other.name))
          .map((other) => ({
            release: name,
            of: other.name,
            digest: releaseDigest(other, wanted.filled),
          })),
      )
      return {
        ...wanted,
        manifest: {
          ...manifest,
          namespaces: Object.fromEntries(
            Object.entries(manifest.namespaces).filter(([name]) => namespaces.has(name)),
          ),
          waves: manifest.waves
            .map((wave) => wave.filter((name) => releases.has(name)))
            .filter(({ length }) => length > 0),
          releases: manifest.releases.filter(isOf),
        },
        releases: own,
        purpose: purposeFor(wanted.rollback ? 'rollback' : 'apply', names, wanted.digest),
        part: {
          releases,
          elsewhere: new Map(
            appliedObjects({ releases: others }).map(({ id, release }) => [keyOf(id), release]),
          ),
          needs,
        },
      }
    },
  )
}
