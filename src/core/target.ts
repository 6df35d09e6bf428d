import { isObject } from './json.ts'
import type { JsonObject } from './json.ts'
import type { GroupVersion, KubeObject } from './object.ts'
import type { Discovered } from './stand-in/knowledge.ts'

/** One kind that a server serves, in one version. */
export interface ServedKind extends GroupVersion {
  kind: string
  /** The name in URLs: `deployments`. */
  plural: string
  namespaced: boolean
}

/** What the target knows: the built-in kinds of its Kubernetes version, and those of the CRDs of the set. */
export interface Target {
  kubernetes: string
  kinds: ServedKind[]
}

/** The OpenAPI schemas of an API server's built-in kinds, without their descriptions. */
export interface KindSchemas {
  /** By `group/version/Kind` (`v1/Pod` in the core group): the name of its definition. */
  kinds: { [groupVersionKind: string]: string }
  /** They point to each other as `#/definitions/NAME`. */
  definitions: { [name: string]: JsonObject }
}

/** A target whose built-in kinds are known field by field, and whose discovery is known as its API server tells it. */
export interface DescribedTarget extends Target {
  discovered: Discovered
  schemas: KindSchemas
  /** What the cluster's snapshot holds: its CRDs among them; none where there is no snapshot. */
  objects: KubeObject[]
  /** The file of the snapshot, where there is one. */
  snapshot?: string
}

/** The kinds that discovery names, without what only discovery needs to know of them. */
export const kindsOf = ({ resources }: Pick<Discovered, 'resources'>): ServedKind[] =>
  resources.map(({ group, version, kind, plural, namespaced }) => ({
    group,
    version,
    kind,
    plural,
    namespaced,
  }))

/** The name of the definition of an object's kind, where it is a built-in one. */
export const definitionOf = (
  { kinds }: KindSchemas,
  { apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>,
): string | undefined => {
  const name = `${apiVersion}/${kind}`
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined
}

/** `apps/v1`; the core group's `v1`. */
export const apiVersionOf = ({ group, version }: GroupVersion): string =>
  group === '' ? version : `${group}/${version}`

/** The kind as it is served under this apiVersion, or undefined. */
export const findKind = (kinds: ServedKind[], apiVersion: string, kind: string): ServedKind | undefined =>
  kinds.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion)

/**
 * The kinds that a CustomResourceDefinition makes a server serve, one for each served version.
 * A broken CRD gives only what it says clearly, at worst nothing: saying what is wrong with it is validation's part.
 */
export const kindsOfCrd = (crd: KubeObject): ServedKind[] => {
  const spec = crd['spec']
  if (!isObject(spec)) return []
  const { group, names, versions, scope } = spec
  if (typeof group !== 'string' || !isObject(names) || !Array.isArray(versions)) return []
  const { kind, plural } = names
  if (typeof kind !== 'string' || typeof plural !== 'string') return []
  return versions
    .filter(isObject)
    .flatMap(({ name, served }) =>
      typeof name === 'string' && served === true
        ? [{ group, version: name, kind, plural, namespaced: scope === 'Namespaced' }]
        : [],
    )
}
