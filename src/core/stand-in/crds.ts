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

/** The discovery of a server on which these CustomResourceDefinitions are installed, too. */
export const withCrds = (discovered: Discovered, crds: KubeObject[]): Discovered => {
  const brought = crds.flatMap(resourcesOf)
  if (brought.length === 0) return discovered
  const known = new Set(
    discovered.resources.map(({ group, version, plural }) => `${group}/${version}/${plural}`),
  )
  const resources = brought.filter(
    ({ group, version, plural }) => !known.has(`${group}/${version}/${plural}`),
  )
  const versions = Map.groupBy([...discovered.resources, ...resources], ({ group }) => group)
  const groups = [...new Set(resources.map(({ group }) => group))].sort().map((group) => ({
    group,
    versions: [...new Set((versions.get(group) ?? []).map(({ version }) => version))].sort(byPriority),
  }))
  const names = new Set(groups.map(({ group }) => group))
  return {
    ...discovered,
    groups: [...discovered.groups.filter(({ group }) => !names.has(group)), ...groups],
    resources: [...discovered.resources, ...resources],
  }
}
