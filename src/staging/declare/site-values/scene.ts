import { problem } from '../../../core/problem.ts'
import type { Problem, Where } from '../../../core/problem.ts'
import { suggest } from '../../../core/suggest.ts'
import { isEnabled } from '../release.ts'
import type { DeclaredRelease } from '../release.ts'
import { namesWritten, writtenIn } from './written.ts'
import type { Written } from './written.ts'

/** The site values of all releases of one environment, and what is known of others. */
export interface Scene {
  environment: string
  /** By `RELEASE/NAME`, of the releases that are there. */
  values: Map<string, Written>
  /** All that could be read, by name. */
  releases: Map<string, DeclaredRelease>
  /** Names of all releases, also of those whose file could not be read. */
  folders: string[]
}

export const sceneOf = (environment: string, releases: DeclaredRelease[], folders: string[]): Scene => {
  const there = releases.filter((release) => isEnabled(release, environment))
  return {
    environment,
    values: new Map(
      there.flatMap((release) => writtenIn(release, environment)).map((one) => [one.fullName, one]),
    ),
    releases: new Map(releases.map((release) => [release.name, release])),
    folders,
  }
}

/** A name of a site value that somebody wrote: `NAME`, or `RELEASE/NAME`. */
export interface Reference {
  written: string
  by: DeclaredRelease
  where: () => Where
  /** As a message calls it: `` `$(site:ca)` ``, `` `siteValues.server.issuer` ``. */
  called: string
}

/** What a reference names; nothing where it names none. Of what is broken elsewhere nothing is said. */
export interface Meant {
  value?: Written
  problem?: Problem
  /** The problem is that this environment lacks what another one has. */
  hereAlone?: boolean
}

const refuse = (
  { by, where, called }: Reference,
  slug: string,
  what: string,
  fix: string,
): { problem: Problem } => ({
  problem: problem({
    code: `declare/${slug}`,
    what: `Release ${by.name}: ${called} names ${what}.`,
    where: [where()],
    fix,
  }),
})

const elsewhere = (
  reference: Reference,
  owner: DeclaredRelease,
  name: string,
  { environment }: Scene,
): Meant => {
  if (!isEnabled(owner, environment))
    return {
      ...refuse(
        reference,
        'disabled-release',
        `a site value of ${owner.name}, which is disabled in ${environment}`,
        `Enable ${owner.name} in ${environment}, or name another value there.`,
      ),
      hereAlone: true,
    }
  const others = Object.keys(owner.content.environments ?? {}).filter((other) =>
    writtenIn(owner, other).some((one) => one.name === name),
  )
  // It is declared, and something is wrong with it: that has been said.
  if (others.length === 0) return {}
  return {
    ...refuse(
      reference,
      'unknown-site-value',
      `\`${name}\`, which ${owner.name} declares for ${others.join(' and ')} and not for ${environment}`,
      `Declare it in ${owner.file} for ${environment} as well.`,
    ),
    hereAlone: true,
  }
}

const unknown = (reference: Reference, owner: DeclaredRelease, name: string, scene: Scene): Meant => {
  const own = namesWritten(owner) ?? []
  const others = [...scene.values.values()].filter(({ release }) => release !== owner)
  const namesake = others.find((one) => one.name === name)?.fullName
  const near = suggest(name, own)
  const prefix = reference.written.includes('/') ? `${owner.name}/` : ''
  const meant = near === undefined ? namesake : `${prefix}${near}`
  return refuse(
    reference,
    'unknown-site-value',
    `the site value \`${name}\`, and ${owner.name} has none of that name`,
    meant === undefined ? `Declare it under siteValues in ${owner.file}.` : `Did you mean \`${meant}\`?`,
  )
}

/** The site value that a reference names in an environment, or what is wrong with it. */
export const meantBy = (reference: Reference, scene: Scene): Meant => {
  const { written, by } = reference
  const slash = written.indexOf('/')
  const release = slash < 0 ? by.name : written.slice(0, slash)
  const name = written.slice(slash + 1)
  const value = scene.values.get(`${release}/${name}`)
  if (value !== undefined) return { value }
  const owner = scene.releases.get(release)
  if (owner === undefined) {
    if (scene.folders.includes(release)) return {}
    const near = suggest(release, scene.folders)
    return refuse(
      reference,
      'unknown-release',
      `a site value of \`${release}\`, and there is no such release`,
      near === undefined ? 'Name a release of this site.' : `Did you mean \`${near}/${name}\`?`,
    )
  }
  const names = namesWritten(owner)
  if (names === undefined) return {}
  return names.includes(name)
    ? elsewhere(reference, owner, name, scene)
    : unknown(reference, owner, name, scene)
}
