import { isObject } from '../json.ts'
import type { Json } from '../json.ts'
import type { Path } from '../pointer.ts'

export interface FoundImage {
  path: Path
  text: string
}

const containerLists = ['containers', 'initContainers', 'ephemeralContainers']
const ofPodSpec = [...containerLists, 'volumes']

const imagesOfPodSpec = (spec: { [key: string]: Json }, at: Path): FoundImage[] => [
  ...containerLists.flatMap((list) => {
    const containers = spec[list]
    if (!Array.isArray(containers)) return []
    return containers.flatMap((container, index) =>
      isObject(container) && typeof container['image'] === 'string'
        ? [{ path: [...at, list, index, 'image'], text: container['image'] }]
        : [],
    )
  }),
  ...(Array.isArray(spec['volumes']) ? spec['volumes'] : []).flatMap((volume, index) =>
    isObject(volume) && isObject(volume['image']) && typeof volume['image']['reference'] === 'string'
      ? [{ path: [...at, 'volumes', index, 'image', 'reference'], text: volume['image']['reference'] }]
      : [],
  ),
]

/** A map with a list of containers is a pod spec, wherever it stands: a Pod, a template of a workload, a template in a custom resource. */
const isPodSpec = (value: { [key: string]: Json }): boolean =>
  containerLists.some((list) => {
    const containers = value[list]
    return (
      Array.isArray(containers) && containers.some((container) => isObject(container) && 'name' in container)
    )
  })

/** All image fields of the pod specs in a value, in the order of the value; those of a pod spec come before those below it. */
export const findImages = (value: Json, at: Path = []): FoundImage[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => findImages(item, [...at, index]))
  if (!isObject(value)) return []
  const own = isPodSpec(value) ? imagesOfPodSpec(value, at) : []
  // A custom resource can hold a list of containers and, below it, whole templates.
  const below = Object.entries(value).filter(([key]) => own.length === 0 || !ofPodSpec.includes(key))
  return [...own, ...below.flatMap(([key, item]) => findImages(item, [...at, key]))]
}
