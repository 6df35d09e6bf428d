import { inventoryNamespace } from '../../core/applyset.ts'
import { anyServiceOf } from '../../core/discovery.ts'
import type { Discovery } from '../../core/effects/cluster.ts'
import type { Inventory } from '../../core/inventory.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { isNamespace, isReserved, namespacesOf } from '../../core/namespaces.ts'
import { groupKindOf, isCrd } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { mapAt, textAt } from '../../core/readiness/rule.ts'
import { kindsOfCrd } from '../../core/target.ts'
import type { ServedKind } from '../../core/target.ts'
import { objectsOf } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'

/** Who is to be allowed. */
export interface Subject {
  kind: 'User' | 'Group' | 'ServiceAccount'
  name: string
  /** Of a service account. */
  namespace?: string
}

const rbac = 'rbac.authorization.k8s.io'
const sorted = (words: Iterable<string>): string[] => Array.from(new Set(words)).sort()

/** Rules with the same verbs and names as one: `get, list` on ConfigMaps and Secrets. */
const rule = (group: string, resources: string[], verbs: string[], names?: string[]): JsonObject => ({
  apiGroups: [group],
  resources: sorted(resources),
  verbs,
  ...(names && { resourceNames: sorted(names) }),
})

/** What an apply does with the objects of a kind that it names; `list` and `create` know no names in RBAC. */
const ofNamed = ['get', 'patch', 'update', 'delete']
const ofKind = ['list', 'create']

/** To give rights that one has not oneself, the API server wants `escalate` on the role, and `bind` on what a binding names. */
const roleVerbs = (id: ObjectId): string[] =>
  id.group === rbac && (id.kind === 'Role' || id.kind === 'ClusterRole') ? ['escalate', 'bind'] : []

/** What tells why something is not ready: read alone. */
const explaining: JsonObject[] = [
  rule('', ['pods', 'pods/log', 'events', 'persistentvolumeclaims'], ['get', 'list']),
  rule('apps', ['replicasets'], ['get', 'list']),
]

const rulesFor = (ids: ObjectId[], kindOf: (id: ObjectId) => ServedKind | undefined): JsonObject[] => {
  const byResource = new Map<string, { kind: ServedKind; ids: ObjectId[] }>()
  for (const id of ids) {
    const kind = kindOf(id)
    if (kind === undefined) continue
    const key = `${kind.group}/${kind.plural}`
    byResource.set(key, { kind, ids: [...(byResource.get(key)?.ids ?? []), id] })
  }
  return Array.from(byResource.keys())
    .sort()
    .flatMap((key) => {
      const { kind, ids: named } = byResource.get(key)!
      const extra = sorted(named.flatMap(roleVerbs))
      return [
        rule(kind.group, [kind.plural], ofKind),
        rule(
          kind.group,
          [kind.plural],
          [...ofNamed, ...extra],
          named.map((one) => one.name),
        ),
      ]
    })
}

/** The roles that bindings of the set name: to bind them, one must be allowed to. */
const boundRoles = (objects: KubeObject[]): { kind: string; namespace: string; name: string }[] =>
  objects
    .filter((one) => one.apiVersion.startsWith(`${rbac}/`) && one.kind.endsWith('RoleBinding'))
    .map((one) => ({
      kind: textAt(mapAt(one, 'roleRef'), 'kind'),
      namespace: one.kind === 'RoleBinding' ? (one.metadata.namespace ?? '') : '',
      name: textAt(mapAt(one, 'roleRef'), 'name'),
    }))
    .filter(({ name }) => name !== '')

/**
 * The smallest set of Namespaces, Roles and ClusterRoles with which a bundle can be applied, followed, and undone: by name wherever RBAC knows names.
 * What the inventory has and the bundle lacks may be read and deleted, so that it can be pruned. A Namespace is to be there before its Role is.
 * To delete Namespaces (with consent) one needs more: list on every kind.
 */
export const rolesFor = (
  wanted: Pick<Wanted, 'manifest' | 'releases'>,
  { kinds, silent }: Discovery,
  inventory: Pick<Inventory, 'entries'> | undefined,
  subject: Subject,
): KubeObject[] => {
  const set = wanted.manifest.name
  const all = wanted.releases.flatMap(objectsOf)
  const own = all.filter((one) => isCrd(one.id)).flatMap((one) => kindsOfCrd(one.object))
  const served: Discovery = { kinds: [...own, ...kinds], silent }
  const kindOf = (id: ObjectId): ServedKind | undefined => {
    const service = anyServiceOf(served, id)
    return service.served === 'yes' ? service.kind : undefined
  }
  const namespaces = namespacesOf(wanted).map((one) => one.metadata.name)
  const ids = new Map(
    [...all.map((one) => one.id), ...Array.from(inventory?.entries.values() ?? [], (one) => one.id)]
      .filter((id) => !isNamespace(id))
      .map((id) => [`${groupKindOf(id)} ${id.namespace} ${id.name}`, id]),
  )
  const here = (namespace: string): ObjectId[] =>
    Array.from(ids.values()).filter((id) => id.namespace === namespace)
  const bound = boundRoles(all.map((one) => one.object))
  const binding = (kind: string, namespace: string): JsonObject[] => {
    const names = bound
      .filter((one) => one.kind === kind && one.namespace === namespace)
      .map((one) => one.name)
    return names.length === 0 ? [] : [rule(rbac, [`${kind.toLowerCase()}s`], ['bind'], names)]
  }
  const readSecrets = (namespace: string): JsonObject[] => {
    const names = [
      ...wanted.releases.flatMap((one) => one.supplied).filter((one) => one.namespace === namespace),
      ...wanted.manifest.siteValues
        .flatMap(({ places }) => places.map(({ object }) => object))
        .filter((one) => one.kind === 'Secret' && one.namespace === namespace),
    ].map((one) => one.name)
    return names.length === 0 ? [] : [rule('', ['secrets'], ['get'], names)]
  }

  /** Between a CronJob and its Pods stands a Job that nobody has named: without it, its Pods are nobody's. */
  const betweenCronJobs = (namespace: string): JsonObject[] =>
    here(namespace).some(({ group, kind }) => group === 'batch' && kind === 'CronJob')
      ? [rule('batch', ['jobs'], ['list'])]
      : []

  const label = { 'app.kubernetes.io/managed-by': 'scout-apply' }
  const name = `scout-apply:${set}`
  const who: JsonObject = {
    kind: subject.kind,
    name: subject.name,
    ...(subject.kind === 'ServiceAccount'
      ? { namespace: subject.namespace ?? inventoryNamespace }
      : { apiGroup: rbac }),
  }
  const granted = (namespace: string, rules: JsonObject[]): KubeObject[] => {
    const scope = namespace === '' ? 'Cluster' : ''
    const metadata = { name, ...(namespace !== '' && { namespace }), labels: label }
    const roleRef = { apiGroup: rbac, kind: `${scope}Role`, name }
    const apiVersion = `${rbac}/v1`
    return [
      { apiVersion, kind: `${scope}Role`, metadata, rules: rules as Json[] },
      { apiVersion, kind: `${scope}RoleBinding`, metadata, roleRef, subjects: [who] },
    ]
  }
  const core = (kind: string, metadata: KubeObject['metadata']): KubeObject => ({
    apiVersion: 'v1',
    kind,
    metadata,
  })
  const places = sorted([
    ...namespaces,
    ...Array.from(ids.values(), (id) => id.namespace).filter((one) => one !== ''),
  ]).filter((one) => one !== inventoryNamespace)
  return [
    // Kubernetes' own are there.
    ...sorted([inventoryNamespace, ...places.filter((one) => !isReserved(one))]).map((namespace) =>
      core('Namespace', { name: namespace }),
    ),
    ...(subject.kind === 'ServiceAccount'
      ? [
          core('ServiceAccount', {
            name: subject.name,
            namespace: subject.namespace ?? inventoryNamespace,
            labels: label,
          }),
        ]
      : []),
    ...granted('', [
      rule('', ['namespaces'], ['list']),
      rule('', ['namespaces'], ['get', 'patch'], [inventoryNamespace, 'kube-system', ...places]),
      ...rulesFor(here(''), kindOf),
      ...binding('ClusterRole', ''),
    ]),
    ...granted(inventoryNamespace, [
      rule('', ['secrets', 'configmaps'], ['get', 'list', 'create', 'update', 'patch', 'delete']),
      rule('coordination.k8s.io', ['leases'], ['get', 'create', 'update', 'delete']),
      rule('', ['events'], ['create', 'list']),
      rule('events.k8s.io', ['events'], ['create', 'list']),
      ...rulesFor(here(inventoryNamespace), kindOf),
    ]),
    ...places.flatMap((namespace) =>
      granted(namespace, [
        ...rulesFor(here(namespace), kindOf),
        ...readSecrets(namespace),
        ...binding('Role', namespace),
        ...binding('ClusterRole', namespace),
        ...explaining,
        ...betweenCronJobs(namespace),
      ]),
    ),
  ]
}
