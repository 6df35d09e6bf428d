import { isObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { KubeObject } from '../object.ts'
import { kindsOfCrd } from '../target.ts'
import type { Discovered, DiscoveredResource } from './knowledge.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

const subresourcesOf = (version: JsonObject, kind: string): DiscoveredResource['subresources'] => {
  const declared = isObject(version['subresources']) ? version['subresources'] : {}
  return [
    ...('scale' in declared
      ? [
          {
            name: 'scale',
            group: 'autoscaling',
            version: 'v1',
            kind: 'Scale',
            verbs: ['get', 'patch', 'update'],
          },
        ]
      : []),
    ...('status' in declared
      ? [{ name: 'status', group: '', version: '', kind, verbs: ['get', 'patch', 'update'] }]
      : []),
  ]
}

const resourcesOf = (crd: KubeObject): DiscoveredResource[] => {
  const spec = isObject(crd['spec']) ? crd['spec'] : {}
  const { singular, shortNames } = isObject(spec['names']) ? spec['names'] : {}
  const versions = Array.isArray(spec['versions']) ? spec['versions'].filter(isObject) : []
  return kindsOfCrd(crd).map((served) => ({
    ...served,
    singular: typeof singular === 'string' ? singular : served.kind.toLowerCase(),
    shortNames: texts(shortNames),
    verbs,
    subresources: subresourcesOf(versions.find(({ name }) => name === served.version) ?? {}, served.kind),
  }))
}

const versionForm = /^v(\d+)(?:(alpha|beta)(\d+))?$/

/** Kubernetes' order of versions: stable before beta before alpha, newer before older, and what is no such version last, by name. */
const byPriority = (a: string, b: string): number => {
  const [left, right] = [versionForm.exec(a), versionForm.exec(b)]
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1
  const rank = (stage: string | undefined): number => (stage === undefined ? 0 : stage === 'beta' ? 1 : 2)
  return (
    rank(left[2]) - rank(right[2]) ||
    Number(right[1]) - Number(left[1]) ||
    Number(right[3] ?? 0) - Number(left[3] ?? 0)
  )
}

const nameOf = ({ group, plural }: DiscoveredResource): string => `${group}/${plural}`
const versionedNameOf = (one: DiscoveredResource): string => `${one.version}/${nameOf(one)}`

/** The discovery of a server on which these CustomResourceDefinitions are installed, too. */
export const withCrds = (discovered: Discovered, crds: KubeObject[]): Discovered => {
  const brought = crds.flatMap(resourcesOf)
  const [named, versioned] = [new Set(brought.map(nameOf)), new Set(brought.map(versionedNameOf))]
  // What the server serves of these CRDs until they are replaced.
  const kept = discovered.resources.filter(
    (one) => !named.has(nameOf(one)) || versioned.has(versionedNameOf(one)),
  )
  const known = new Set(kept.map(versionedNameOf))
  const added = brought.filter((one) => !known.has(versionedNameOf(one)))
  if (added.length === 0 && kept.length === discovered.resources.length) return discovered
  const resources = [...kept, ...added]
  const touched = new Set(
    [...added, ...discovered.resources.filter((one) => !kept.includes(one))].map(({ group }) => group),
  )
  const versions = Map.groupBy(resources, ({ group }) => group)
  const groups = [...touched].sort().map((group) => ({
    group,
    versions: [...new Set((versions.get(group) ?? []).map(({ version }) => version))].sort(byPriority),
  }))
  return {
    ...discovered,
    groups: [...discovered.groups.filter(({ group }) => !touched.has(group)), ...groups],
    resources,
  }
}
