import { isObject, setField } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { groupVersionOf, isCrd } from './object.ts'
import type { KubeObject } from './object.ts'

/** Fields of built-in kinds that hold maps of strings, whatever object they are in. */
const stringMaps = ['labels', 'annotations', 'matchLabels', 'nodeSelector']
/** Those that hold maps of quantities. */
const quantityMaps = ['limits', 'requests', 'hard', 'capacity']
/** Those whose name means something else in other kinds. */
const stringMapsOf: { [kind: string]: string[] } = {
  ConfigMap: ['data', 'binaryData'],
  Secret: ['data', 'stringData'],
  Service: ['selector'],
  ReplicationController: ['selector'],
  StorageClass: ['parameters'],
}

/** What Go makes of null in a map, by the map's name; undefined where the map is a struct and null is no field. */
type Zero = (field: string) => string | undefined

const holdsNull = (value: Json): boolean => {
  if (value === null) return true
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.some(holdsNull)
  for (const key of Object.keys(value)) if (holdsNull(value[key]!)) return true
  return false
}

const drop = (value: Json, zeroOf: Zero, field = ''): Json => {
  // Most hold none, and a copy of a CRD costs as much as to read it.
  if (!holdsNull(value)) return value
  if (Array.isArray(value)) return value.map((item) => drop(item, zeroOf))
  if (!isObject(value)) return value
  const kept: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) {
    const meant = inner === null ? zeroOf(field) : drop(inner, zeroOf, key)
    if (meant !== undefined) setField(kept, key, meant)
  }
  return kept
}

/**
 * The object without the nulls that mean nothing: what the API server decodes it to, and what Helm sends.
 * Server-side apply would else own every null field (`replicas: null` owns `f:replicas`, and an autoscaler is in conflict), and a plan would see
 * a difference for ever. In a struct of a built-in kind null is an absent field; in a map of strings it is the empty string (ConfigMap
 * `data: {KEY: null}` has the key), in a map of quantities zero; in a list it stays, for it counts. Of a custom resource only the
 * metadata is treated so: in the rest a null may be meant (`nullable`), and where it is not the server refuses it by name.
 * Measured with POST and with server-side apply on a kube-apiserver 1.36; fields in a schema of a CRD are all structs to us.
 */
export const dropNulls = (object: KubeObject, isCustom: boolean): KubeObject => {
  const { group } = groupVersionOf(object.apiVersion)
  const ofKind = stringMapsOf[object.kind] ?? []
  const inMetadata: Zero = (field) => (stringMaps.includes(field) ? '' : undefined)
  const inBuiltIn: Zero = (field) => {
    if (isCrd({ group, kind: object.kind })) return undefined
    if (quantityMaps.includes(field)) return '0'
    return ofKind.includes(field) ? '' : inMetadata(field)
  }
  const kept = (isCustom ? { ...object } : drop(object, inBuiltIn)) as KubeObject
  kept.metadata = drop(object.metadata, inMetadata) as KubeObject['metadata']
  return kept
}
