import type { Question } from '../../core/explained.ts'
import { groupVersionOf } from '../../core/object.ts'
import { problem } from '../../core/problem.ts'
import type { Problems, Where } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import type { Discovered } from '../../core/stand-in/knowledge.ts'
import { suggest } from '../../core/suggest.ts'
import { scanRelease } from './scan-release.ts'
import type { ScanSystem } from './scan-release.ts'

/** More places than these are named by the first of them. */
const mostPlaces = 5

type Lookup = Question & { about: 'lookup' }

/** The kinds that are served under an API version; none where that is not served. */
const kindsOf = (apiVersion: string | null, { resources }: Discovered): string[] => {
  const { group, version } = groupVersionOf(apiVersion ?? '')
  return resources.flatMap((one) => (one.group === group && one.version === version ? [one.kind] : []))
}

/** Helm asks for the kinds of an API version first; and without a word for what is no path where the kind is not among them. */
const canHaveAsked = ({ apiVersion, kind }: Lookup, unknown: string[], discovered: Discovered): boolean => {
  if (apiVersion === null || kind === null) return false
  const kinds = kindsOf(apiVersion, discovered)
  return kinds.length === 0
    ? unknown.some((path) => path.endsWith(`/${apiVersion}`))
    : !kinds.includes(kind) && unknown.some((path) => !/^\/api(?:s\/[^/]+)?\/v\d/.test(path))
}

/**
 * What a release looked up and nobody here knows (`unknown`: the paths that helm asked for), as a problem: with the lookups in its templates that name a kind
 * which their API version does not have, or else those that are built at run time.
 */
export const unanswered = async (
  release: ResolvedRelease,
  unknown: string[],
  discovered: Discovered,
  system: ScanSystem,
): Promise<Problems> => {
  const { resolved } = release
  const { questions } = await scanRelease(release, system)
  const lookups = questions.flatMap((question) => (question.about === 'lookup' ? [question] : []))
  const wrong = lookups.filter((one) => canHaveAsked(one, unknown, discovered))
  const dynamic = lookups.filter(({ apiVersion, kind }) => apiVersion === null || kind === null)
  const names = wrong.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)
  const near = wrong.flatMap((one) => suggest(one.kind ?? '', kindsOf(one.apiVersion, discovered)) ?? [])
  // What stands in the values of a release is named by its path in the site already.
  const inSite = (file: string): string =>
    resolved.kind === 'chart' && !file.startsWith('releases/') ? `${resolved.directory}/${file}` : file
  const meant = wrong.length > 0 ? wrong : dynamic
  const places = new Map(meant.map(({ file, line }) => [`${file}:${line}`, { file: inSite(file), line }]))
  return [
    problem({
      code: 'render/unanswered',
      what: `Release ${release.name} looks up ${Array.from(new Set(names.length > 0 ? names : unknown)).join(', ')}, which nobody here knows.`,
      where: [
        ...Array.from(places.values(), (place): Where => ({ in: 'file', ...place })).slice(0, mostPlaces),
        { in: 'release', release: release.name, file: release.file },
      ],
      why: 'A guess could be wrong, and then so would be what runs.',
      fix:
        near.length > 0
          ? `Did you mean ${Array.from(new Set(near), (kind) => `\`${kind}\``).join(', ')}?`
          : 'Correct the apiVersion and the kind that the template looks up, or add the CRD of that kind to the set.',
    }),
  ]
}
