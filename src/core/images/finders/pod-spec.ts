import { isObject } from '../../json.ts'
import type { JsonObject } from '../../json.ts'
import { none } from '../finder.ts'
import type { Finder, Hit } from '../finder.ts'

const containerLists = ['containers', 'initContainers', 'ephemeralContainers']

/** A map with a list of containers is a pod spec, wherever it stands: a Pod, a template of a workload, a template in a custom resource. */
const isPodSpec = (value: JsonObject): boolean =>
  containerLists.some((list) => {
    const containers = value[list]
    return (
      Array.isArray(containers) && containers.some((container) => isObject(container) && 'name' in container)
    )
  })

/** Templates of custom resources and of texts (`{{inputs.image}}`, `$(params.image)`) are filled in by others. */
const isFilledIn = (text: string): boolean => /\{\{|\$[({]/.test(text)

/** Containers of all three lists, and volumes that are images, of every pod spec in every kind. */
export const podSpec: Finder = {
  id: 'pod-spec',
  tier: 'A',
  finds: 'containers, initContainers, ephemeralContainers and image volumes of a pod spec, in any kind',
  inMap: (map, { scope }) => {
    if (!isPodSpec(map)) return none
    const tier = scope === 'text' ? 'B' : 'A'
    const found: Hit[] = []
    const add = (text: unknown, at: (string | number)[]): void => {
      if (typeof text !== 'string' || (scope !== 'object' && (text === '' || isFilledIn(text)))) return
      found.push({ tier, parts: [{ role: 'reference', at, text }] })
    }
    for (const list of containerLists) {
      const containers = map[list]
      if (!Array.isArray(containers)) continue
      for (const [index, container] of containers.entries())
        if (isObject(container)) add(container['image'], [list, index, 'image'])
    }
    const volumes = map['volumes']
    if (Array.isArray(volumes))
      for (const [index, volume] of volumes.entries())
        if (isObject(volume) && isObject(volume['image']))
          add(volume['image']['reference'], ['volumes', index, 'image', 'reference'])
    return found
  },
}
