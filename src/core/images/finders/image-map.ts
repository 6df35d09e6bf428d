import { isObject } from '../../json.ts'
import { keyOf, none } from '../finder.ts'
import type { Finder } from '../finder.ts'
import { mapHit } from '../map-parts.ts'

/** References in several fields: `{registry, repository, image or name, tag or version, digest, suffix}`. */
export const imageMap: Finder = {
  id: 'image-map',
  tier: 'B',
  finds:
    'references in several fields (registry or hub, repository, image or name, tag or version, digest, suffix) of custom resources, and of YAML and JSON in texts',
  inMap: (map, here) => {
    if (here.scope === 'object' || !isObject(map)) return none
    const hit = mapHit(map, keyOf(here), here.isRegistry)
    return hit === undefined ? none : [hit]
  },
}
