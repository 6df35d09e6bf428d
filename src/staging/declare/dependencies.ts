import type { Path } from '../../core/pointer.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { suggest } from '../../core/suggest.ts'
import { everywhere, setting } from './overlay.ts'
import { isEnabled } from './release.ts'
import type { DeclaredRelease } from './release.ts'
import { wavesOf } from './waves.ts'

const unknown = (
  { name, declared }: DeclaredRelease,
  wanted: string,
  path: Path,
  names: string[],
): Problem => {
  const near = suggest(
    wanted,
    names.filter((one) => one !== name),
  )
  return problem({
    code: 'declare/unknown-release',
    what: `Release ${name}: it depends on \`${wanted}\`, and there is no such release.`,
    where: [declared.at(path)],
    fix: near === undefined ? 'Remove it, or add the release.' : `Did you mean \`${near}\`?`,
  })
}

const disabled = (
  { name, declared }: DeclaredRelease,
  wanted: string,
  path: Path,
  environment: string,
): Problem =>
  problem({
    code: 'declare/disabled-dependency',
    what: `Release ${name}: it depends on \`${wanted}\`, which is disabled in ${environment}.`,
    where: [declared.at(path)],
    why: 'It would wait for something that is not there.',
    fix: `Enable ${wanted} in ${environment}, or give ${name} another dependsOn there.`,
  })

const circular = (cycle: string[], releases: Map<string, DeclaredRelease>, environment: string): Problem =>
  problem({
    code: 'declare/dependency-cycle',
    what: `Releases depend on each other in a circle: ${cycle.join(' → ')}.`,
    where: cycle.slice(0, -1).flatMap((name, index) => {
      const release = releases.get(name)
      if (release === undefined) return []
      const { value = [], path } = setting(release.content, environment, 'dependsOn')
      return [release.declared.at([...path, value.indexOf(cycle[index + 1] as string)])]
    }),
    why: 'None of them could ever start.',
    fix: 'Remove one of these dependencies.',
  })

/**
 * The order of an environment's releases, and what is wrong with what they depend on. `folders` are the names of all releases,
 * also of those whose file could not be read: those are not unknown.
 * Unknown names are told for all environments, what is disabled or circular for this one.
 */
export const orderReleases = (
  releases: DeclaredRelease[],
  folders: string[],
  environment: string,
): { waves: string[][]; problems: Problem[] } => {
  const problems = releases.flatMap((release) =>
    everywhere(release.content, 'dependsOn').flatMap(({ value, path }) =>
      value.flatMap((wanted, index) =>
        folders.includes(wanted) ? [] : [unknown(release, wanted, [...path, index], folders)],
      ),
    ),
  )
  const byName = new Map(releases.map((release) => [release.name, release]))
  const graph = new Map<string, string[]>()
  for (const release of releases) {
    if (!isEnabled(release, environment)) continue
    const { value = [], path } = setting(release.content, environment, 'dependsOn')
    const there = value.filter((wanted, index) => {
      const other = byName.get(wanted)
      if (other !== undefined && isEnabled(other, environment)) return true
      if (other !== undefined) problems.push(disabled(release, wanted, [...path, index], environment))
      return false
    })
    graph.set(release.name, there)
  }
  const order = wavesOf(graph)
  if ('waves' in order) return { waves: order.waves, problems }
  return {
    waves: [],
    problems: [...problems, ...order.cycles.map((cycle) => circular(cycle, byName, environment))],
  }
}
