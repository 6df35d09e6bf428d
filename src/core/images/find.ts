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

/** Adds what is found in a value; `at`, the path to it, is one list for all of them: the schema of a CRD has ten thousands of values. */
const collect = (value: Json, at: Path, found: FoundImage[]): void => {
  if (typeof value !== 'object' || value === null) return
  const own = isObject(value) && isPodSpec(value) ? imagesOfPodSpec(value, [...at]) : []
  found.push(...own)
  const go = (step: string | number, inner: Json): void => {
    if (typeof inner !== 'object' || inner === null) return
    at.push(step)
    collect(inner, at, found)
    at.pop()
  }
  if (Array.isArray(value)) for (let index = 0; index < value.length; index += 1) go(index, value[index]!)
  else
    for (const key of Object.keys(value))
      // A custom resource can hold a list of containers and, below it, whole templates.
      if (own.length === 0 || !ofPodSpec.includes(key)) go(key, value[key]!)
}

/** All image fields of the pod specs in a value, in the order of the value; those of a pod spec come before those below it. */
export const findImages = (value: Json): FoundImage[] => {
  const found: FoundImage[] = []
  collect(value, [], found)
  return found
}
