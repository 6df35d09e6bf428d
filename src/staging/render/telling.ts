import { canonicalJson } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { idOf, isCrd, keyOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import type { Outcome } from '../../core/problem.ts'
import type { ResolvedRelease, SetOf } from '../../core/records.ts'
import type { Lookup } from '../../core/stand-in/answer.ts'
import { withCrds } from '../../core/stand-in/crds.ts'
import type { Discovered } from '../../core/stand-in/knowledge.ts'
import { kindsOfCrd } from '../../core/target.ts'
import type { DescribedTarget, ServedKind } from '../../core/target.ts'
import { wholeVersion } from './read-release.ts'
import { answersTo } from './remember.ts'
import type { ReleaseDocuments, Telling } from './render-release.ts'
import type { ChartScan } from './scan/scan-chart.ts'
import { servedBy } from './scan/served.ts'
import { apiVersionsAsked, wayFor } from './scan/way.ts'
import { appliedOf, dependenciesOf, groundOf } from './surroundings.ts'

/** What each release came to when it was last rendered. */
export type Outcomes = Map<ResolvedRelease, Outcome<ReleaseDocuments>>

/** The CRDs of releases that are known without a render; they count until there is one. */
export type CrdsAhead = Map<ResolvedRelease, KubeObject[]>

/** What the set brings, as far as it is rendered, and what the target serves with that. */
interface Known {
  outcomes: Outcomes
  brought: ServedKind[]
  discovered: Discovered
  /** All that `.Capabilities.APIVersions.Has` is true for, */
  served: ReadonlySet<string>
  /** and of that what the target alone does not serve, sorted. */
  further: string[]
}

/** What releases are told of the cluster, given what is known. */
export interface Teller {
  know(outcomes: Outcomes): Known
  /** By list, also what asks a server in the end: a server refuses kinds that it does not know yet. */
  byList(release: ResolvedRelease, known: Known): Telling & { by: 'list' }
  /** In the cheapest way that gives the true answers. */
  truly(release: ResolvedRelease, known: Known): Telling
}

const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name < b.metadata.name ? -1 : 1)

/** In the order of the releases, and of names: what they are told must not depend on which of them was faster, nor on who read them. */
const crdsIn = (releases: ResolvedRelease[], outcomes: Outcomes, ahead: CrdsAhead): KubeObject[] =>
  releases.flatMap((release) => {
    const outcome = outcomes.get(release)
    const crds = outcome?.ok
      ? outcome.value.objects.flatMap(({ object }) => (isCrd(idOf(object)) ? [object] : []))
      : (ahead.get(release) ?? [])
    return crds.toSorted(byName)
  })

/** The later of two states of an object; what a Namespace bears already, it keeps. */
const over = (earlier: KubeObject, later: KubeObject): KubeObject =>
  later.kind !== 'Namespace'
    ? later
    : {
        ...later,
        metadata: {
          ...later.metadata,
          labels: { ...earlier.metadata.labels, ...later.metadata.labels },
          annotations: { ...earlier.metadata.annotations, ...later.metadata.annotations },
        },
      }

/** The teller of a set; `last` is what releases that look back were rendered to the last time. `ahead` is asked for what is not rendered yet. */
export const tellerOf = (
  set: SetOf<ResolvedRelease>,
  target: DescribedTarget,
  helmVersion: string,
  scanOf: (release: ResolvedRelease) => ChartScan,
  last: Map<ResolvedRelease, KubeObject[]>,
  ahead: CrdsAhead,
): Teller => {
  const byName = new Map(set.releases.map((release) => [release.name, release]))
  const ground = groundOf(set)
  const builtIn = servedBy(target.discovered)
  const kubernetes = `v${wholeVersion(target.kubernetes)}`

  const knownWith = (brought: ServedKind[], crds: KubeObject[]): Omit<Known, 'outcomes'> => {
    const discovered = withCrds({ ...target.discovered, kubernetes }, crds)
    const served = servedBy(discovered)
    return { brought, discovered, served, further: Array.from(served.difference(builtIn)).sort() }
  }
  let latest = knownWith([], [])

  /** What is on the cluster when this release comes, the later over the earlier. */
  const objectsFor = (release: ResolvedRelease, { outcomes, brought }: Known): KubeObject[] => {
    const dependencies = dependenciesOf(release, byName).flatMap((one) => {
      const outcome = outcomes.get(one)
      return outcome?.ok ? appliedOf(outcome.value, { ...target, brought }) : []
    })
    const there = [...target.objects, ...ground, ...dependencies, ...(last.get(release) ?? [])]
    const byId = Map.groupBy(there, (object) => keyOf(idOf(object)))
    return Array.from(byId.values(), (versions) => versions.reduce(over))
  }
  const byList: Teller['byList'] = (release, { served, further }) => {
    const asked = apiVersionsAsked(scanOf(release))
    return { by: 'list', apiVersions: asked?.filter((one) => served.has(one)) ?? further }
  }
  return {
    know: (outcomes) => {
      const crds = crdsIn(set.releases, outcomes, ahead)
      const brought = crds.flatMap(kindsOfCrd)
      // Most rounds bring nothing new, and a telling is the same as long as its discovery is.
      const [now, before] = [brought, latest.brought].map((kinds) => canonicalJson(kinds as unknown as Json))
      if (now !== before) latest = knownWith(brought, crds)
      return { outcomes, ...latest }
    },
    byList,
    truly: (release, known) => {
      if (wayFor(scanOf(release), helmVersion, known.served).way !== 'server') return byList(release, known)
      const { discovered } = known
      return { by: 'server', knowledge: { discovered, objects: objectsFor(release, known) } }
    },
  }
}

/** What a release was told when it was last rendered, and what it asked then; one that failed may have asked anything. */
export interface Heard {
  telling: Telling
  lookups: Lookup[] | 'unknown'
}

/** Whether a release would hear the same again. */
export const hearsTheSame = ({ telling: before, lookups }: Heard, now: Telling): boolean => {
  if (before.by === 'list' || now.by === 'list')
    return before.by === 'list' && now.by === 'list' && String(before.apiVersions) === String(now.apiVersions)
  return (
    before.knowledge.discovered === now.knowledge.discovered &&
    answersTo(lookups, before.knowledge.objects) === answersTo(lookups, now.knowledge.objects)
  )
}
