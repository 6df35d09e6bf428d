import type { Json, JsonObject } from '../../json.ts'
import type { Path } from '../../pointer.ts'
import { keyOf, none } from '../finder.ts'
import type { Finder, Here, Hit } from '../finder.ts'
import { judge } from '../judge.ts'
import { bareSuspect } from '../listed.ts'

const imageKey = /image[-_]?(?:name|ref|reference|url|uri)?$/i
const listKey = /images$/i
const repositoryKey = /(?:image|container)[-_]?(?:repository|repo|registry)$|^registry$/i
const besideContainer = ['command', 'args', 'env', 'volumeMounts', 'workingDir', 'script']

/** A map with an image and what only a container has: a step of a pipeline, a sidecar. */
const isContainer = (map: JsonObject): boolean => besideContainer.some((key) => Object.hasOwn(map, key))

const inField = (value: Json | undefined, at: Path, map: JsonObject, here: Here): Hit[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => inField(item, [...at, index], map, here))
  if (typeof value !== 'string' || value === '') return none
  const tier = judge(value, 'image', here.isRegistry)
  if (tier !== undefined)
    return [
      {
        tier: tier === 'C' && isContainer(map) ? 'B' : tier,
        parts: [{ role: 'reference', at, text: value }],
      },
    ]
  return here.scope === 'custom' || isContainer(map) ? bareSuspect(value, at) : none
}

/** Fields called image, of custom resources and of YAML and JSON in texts: `image`, `imageName`, `sidecarImage`, `images: [...]`. */
export const imageField: Finder = {
  id: 'image-field',
  tier: 'B',
  finds:
    'fields of custom resources, and of YAML and JSON in texts, that are called image, imageName, sidecarImage, images and the like',
  inMap: (map, here) => {
    if (here.scope === 'object') return none
    const inImages = listKey.test(keyOf(here))
    let found: Hit[] | undefined
    for (const key in map) {
      const isList = listKey.test(key)
      if (!inImages && !isList && !imageKey.test(key)) {
        const value = map[key]
        if (typeof value !== 'string' || !repositoryKey.test(key)) continue
        const tier = here.isRegistry(value) ? 'C' : judge(value, 'repository', here.isRegistry)
        if (tier !== undefined)
          (found ??= []).push({
            tier,
            form: 'registry',
            parts: [{ role: 'registry', at: [key], text: value }],
          })
        continue
      }
      const value = map[key]
      if (typeof value !== 'string' && !Array.isArray(value)) continue
      if (inImages && !isList && !imageKey.test(key)) {
        if (typeof value === 'string' && judge(value, 'image', here.isRegistry) === 'B')
          (found ??= []).push({ parts: [{ role: 'reference', at: [key], text: value }] })
        continue
      }
      ;(found ??= []).push(...inField(value, [key], map, here))
    }
    return found ?? none
  },
}
