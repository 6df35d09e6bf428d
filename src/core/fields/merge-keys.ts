import { isObject } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'

/**
 * Which fields say who an item of a list is, by the name of the list; the first set that every item has, once, counts.
 * Source: `x-kubernetes-list-map-keys` and `x-kubernetes-patch-merge-key` of Kubernetes' OpenAPI document, and for the
 * atomic lists of RBAC and Ingress what a person goes by.
 */
const keysByList: { [list: string]: string[][] } = {
  ports: [['name'], ['containerPort', 'protocol'], ['containerPort'], ['port', 'protocol'], ['port']],
  volumeMounts: [['mountPath'], ['name']],
  volumeDevices: [['devicePath']],
  hostAliases: [['ip']],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  conditions: [['type']],
  ownerReferences: [['uid']],
  subjects: [
    ['kind', 'namespace', 'name'],
    ['kind', 'name'],
  ],
  rules: [['host']],
  paths: [['path', 'pathType'], ['path']],
  items: [['key']],
  volumeClaimTemplates: [['metadata']],
}

/** Containers, env, volumes, init containers, CRD versions, webhooks, imagePullSecrets, and most lists of custom resources. */
const anyList: string[][] = [['name']]

const partOf = (item: JsonObject, key: string): string | undefined => {
  const value = item[key]
  if (key === 'metadata') return isObject(value) ? partOf(value, 'name') : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** The items by their key, or undefined where an item lacks it or two share it. */
const keyed = (items: JsonObject[], keys: string[]): Map<string, number> | undefined => {
  const found = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    const parts = keys.map((key) => partOf(item, key))
    if (parts.includes(undefined)) return undefined
    found.set(parts.join('/'), index)
  }
  return found.size === items.length ? found : undefined
}

/** For each side the index of each item by its key: how items of a list are matched. */
export interface Matching {
  before: Map<string, number>
  after: Map<string, number>
}

/** How the items of the list named `list` are matched by key; undefined where no key is known that every item of both sides has. */
export const matchingOf = (list: string, before: Json[], after: Json[]): Matching | undefined => {
  if (!before.every(isObject) || !after.every(isObject)) return undefined
  for (const keys of [...(Object.hasOwn(keysByList, list) ? (keysByList[list] ?? []) : []), ...anyList]) {
    const [left, right] = [keyed(before, keys), keyed(after, keys)]
    if (left && right) return { before: left, after: right }
  }
  return undefined
}
