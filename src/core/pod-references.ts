import { isObject } from './json.ts'
import type { Json, JsonObject } from './json.ts'

/** What a Pod takes from its own namespace by name. */
export interface PodReference {
  kind: 'Secret' | 'ConfigMap'
  name: string
}

const mapsIn = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const reference = (
  kind: PodReference['kind'],
  from: Json | undefined,
  field: 'name' | 'secretName' = 'name',
): PodReference[] => {
  const name = isObject(from) ? from[field] : undefined
  return typeof name === 'string' && name !== '' ? [{ kind, name }] : []
}

const ofContainer = (container: JsonObject): PodReference[] => [
  ...mapsIn(container['env']).flatMap(({ valueFrom }) =>
    isObject(valueFrom)
      ? [
          ...reference('Secret', valueFrom['secretKeyRef']),
          ...reference('ConfigMap', valueFrom['configMapKeyRef']),
        ]
      : [],
  ),
  ...mapsIn(container['envFrom']).flatMap((from) => [
    ...reference('Secret', from['secretRef']),
    ...reference('ConfigMap', from['configMapRef']),
  ]),
]

const ofVolume = (volume: JsonObject): PodReference[] => [
  ...reference('Secret', volume['secret'], 'secretName'),
  ...reference('ConfigMap', volume['configMap']),
  ...mapsIn(isObject(volume['projected']) ? volume['projected']['sources'] : undefined).flatMap((source) => [
    ...reference('Secret', source['secret']),
    ...reference('ConfigMap', source['configMap']),
  ]),
]

/** The Secrets and ConfigMaps that a Pod's spec names: in env, envFrom, volumes, projected volumes and pull secrets of images. */
export const podReferences = (spec: JsonObject): PodReference[] => [
  ...['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    mapsIn(spec[list]).flatMap(ofContainer),
  ),
  ...mapsIn(spec['volumes']).flatMap(ofVolume),
  ...mapsIn(spec['imagePullSecrets']).flatMap((one) => reference('Secret', one)),
]
