import type { Json, JsonObject } from '../json.ts'
import { groupVersionOf, idOf, keyOf } from '../object.ts'
import type { KubeObject } from '../object.ts'
import type { Discovered, DiscoveredResource, Knowledge } from './knowledge.ts'

/** What a chart looked up: one object, or all of a kind where `name` is ''. `namespace` is '' for all or for cluster scope. */
export interface Lookup {
  apiVersion: string
  kind: string
  namespace: string
  name: string
  found: number
}

/** `unknown`: nothing that the stand-in can answer truly, so it does not guess. */
export type Answer =
  | { answer: 'known'; status: number; body: JsonObject; lookup?: Lookup }
  | { answer: 'unknown'; path: string }

const known = (body: JsonObject, lookup?: Lookup): Answer => ({
  answer: 'known',
  status: 200,
  body,
  ...(lookup && { lookup }),
})

const versionBody = ({ kubernetes }: Discovered): JsonObject => {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(kubernetes) ?? []
  return {
    major,
    minor,
    gitVersion: kubernetes,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '',
    goVersion: '',
    compiler: 'gc',
    platform: '',
  }
}

const kindOf = ({ group, version, kind }: { group: string; version: string; kind: string }): JsonObject => ({
  group,
  version,
  kind,
})

const aggregatedResource = (resource: DiscoveredResource): JsonObject => ({
  resource: resource.plural,
  responseKind: kindOf(resource),
  scope: resource.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: resource.singular,
  verbs: resource.verbs,
  shortNames: resource.shortNames,
  subresources: resource.subresources.map((sub) => ({
    subresource: sub.name,
    responseKind: kindOf(sub),
    verbs: sub.verbs,
  })),
})

/** Aggregated discovery (apidiscovery.k8s.io/v2) of the core group (`/api`) or of all others (`/apis`). */
const aggregated = ({ groups, resources }: Discovered, core: boolean): JsonObject => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: groups
    .filter(({ group }) => (group === '') === core)
    .map(({ group, versions }) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((version) => ({
        version,
        freshness: 'Current',
        resources: resources
          .filter((one) => one.group === group && one.version === version)
          .map(aggregatedResource),
      })),
    })),
})

const plainResources = (resource: DiscoveredResource): JsonObject[] => [
  {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: resource.verbs,
    shortNames: resource.shortNames,
  },
  ...resource.subresources.map((sub) => ({
    name: `${resource.plural}/${sub.name}`,
    singularName: '',
    namespaced: resource.namespaced,
    kind: sub.kind,
    verbs: sub.verbs,
    ...(sub.group !== '' && { group: sub.group, version: sub.version }),
  })),
]

const status = (code: number, reason: string, message: string): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  code,
})

interface Place {
  group: string
  version: string
  namespace: string
  plural: string
  name: string
}

/** No name of an object needs an escape in a path, so none is decoded. `/apis/apps/v1/namespaces/shop/deployments/web` and its like. */
const placeOf = (path: string): Place | undefined => {
  const parts = path.split('/').slice(1)
  const start = parts[0] === 'api' ? 2 : parts[0] === 'apis' ? 3 : 0
  if (start === 0 || parts.length <= start) return undefined
  const [group, version] = start === 2 ? ['', parts[1]] : [parts[1], parts[2]]
  const rest = parts.slice(start)
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2
  const [plural, name = '', ...more] = inNamespace ? rest.slice(2) : rest
  if (group === undefined || version === undefined || plural === undefined || more.length > 0)
    return undefined
  return { group, version, namespace: inNamespace ? (rest[1] ?? '') : '', plural, name }
}

/** As a server lists them. */
const byKey = (a: KubeObject, b: KubeObject): number => (keyOf(idOf(a)) < keyOf(idOf(b)) ? -1 : 1)

/** The objects that a lookup finds, in the version that it asks for, by namespace and name. */
export const foundBy = (
  objects: KubeObject[],
  { apiVersion, kind, namespace, name }: Omit<Lookup, 'found'>,
): KubeObject[] =>
  objects
    .filter(
      (object) =>
        object.kind === kind &&
        groupVersionOf(object.apiVersion).group === groupVersionOf(apiVersion).group &&
        (namespace === '' || object.metadata.namespace === namespace) &&
        (name === '' || object.metadata.name === name),
    )
    .map((object) => ({ ...object, apiVersion }))
    .sort(byKey)

const lookUp = ({ discovered, objects }: Knowledge, place: Place): Answer | undefined => {
  const { group, version, plural, namespace, name } = place
  const resource = discovered.resources.find(
    (one) => one.group === group && one.version === version && one.plural === plural,
  )
  if (resource === undefined) return undefined
  const apiVersion = group === '' ? version : `${group}/${version}`
  const asked = { apiVersion, kind: resource.kind, namespace, name }
  const found = foundBy(objects, asked)
  const lookup: Lookup = { ...asked, found: found.length }
  if (name === '')
    return known(
      {
        kind: `${resource.kind}List`,
        apiVersion,
        metadata: { resourceVersion: '1' },
        items: found as Json[],
      },
      lookup,
    )
  const [object] = found
  if (object !== undefined) return known(object, lookup)
  const resourceName = group === '' ? plural : `${plural}.${group}`
  return {
    answer: 'known',
    status: 404,
    body: status(404, 'NotFound', `${resourceName} "${name}" not found`),
    lookup,
  }
}

/**
 * What the API server that is stood for would answer to a GET of this path: version, discovery, one object, all objects of a kind.
 * Anything else is unknown, and nothing is guessed. Source of the shapes: client-go `discovery/aggregated_discovery.go`.
 */
export const answer = (knowledge: Knowledge, path: string): Answer => {
  const { discovered } = knowledge
  if (path === '/version') return known(versionBody(discovered))
  if (path === '/api') return known(aggregated(discovered, true))
  if (path === '/apis') return known(aggregated(discovered, false))
  const place = placeOf(path)
  if (place !== undefined) return lookUp(knowledge, place) ?? { answer: 'unknown', path }
  const version = /^\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path)
  const [, group = '', name = ''] = version ?? []
  const resources = discovered.resources.filter((one) => one.group === group && one.version === name)
  if (version === null || resources.length === 0) return { answer: 'unknown', path }
  return known({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? name : `${group}/${name}`,
    resources: resources.flatMap(plainResources),
  })
}
