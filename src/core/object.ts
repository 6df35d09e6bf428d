import type { JsonObject } from './json.ts'

/** A Kubernetes object as plain JSON. Nothing in it is modelled, so nothing in it can be lost. */
export type KubeObject = JsonObject & {
  apiVersion: string
  kind: string
  metadata: JsonObject & {
    name: string
    namespace?: string
    labels?: { [key: string]: string }
    annotations?: { [key: string]: string }
  }
}

/** Group and version apart; the core group is ''. */
export interface GroupVersion {
  group: string
  version: string
}

/** Who an object is. The version is no part of it: one Ingress in two versions is one Ingress. `namespace` is '' for cluster scope. */
export interface ObjectId {
  group: string
  kind: string
  namespace: string
  name: string
}

/** `apps/v1` → apps, v1; `v1` → '', v1. */
export const groupVersionOf = (apiVersion: string): GroupVersion => {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

export const idOf = (object: KubeObject): ObjectId => ({
  group: groupVersionOf(object.apiVersion).group,
  kind: object.kind,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
})

/** The id as one string, for maps and for sorting. No part of an id can hold a slash. */
export const keyOf = (id: ObjectId): string => `${id.group}/${id.kind}/${id.namespace}/${id.name}`

/** The id in the words of a person: `Deployment shop/web`, `ClusterRole system:x`. */
export const nameOf = (id: ObjectId): string =>
  `${id.kind} ${id.namespace === '' ? '' : `${id.namespace}/`}${id.name}`

/** `Deployment.apps`, `Secret`: group and kind as ApplySets and file names write them. */
export const groupKindOf = (id: Pick<ObjectId, 'group' | 'kind'>): string =>
  id.group === '' ? id.kind : `${id.kind}.${id.group}`

export const isCrd = (id: Pick<ObjectId, 'group' | 'kind'>): boolean =>
  id.group === 'apiextensions.k8s.io' && id.kind === 'CustomResourceDefinition'
