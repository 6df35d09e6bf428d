import { isObject, setField } from '../../json.ts'
import type { Json, JsonObject } from '../../json.ts'
import type { Path } from '../../pointer.ts'
import { none } from '../finder.ts'
import type { Finder, Hit } from '../finder.ts'
import { judge } from '../judge.ts'
import { mapHit } from '../map-parts.ts'
import type { IsRegistry } from '../registries.ts'

const imageKey = /image[-_]?(?:name|ref|reference|url|uri)?$/i
const partKey = /^(?:registry|repository|image|tag|version|digest|hub)$/
/** A schema is nested as deep as it says; aliases and references are none in a CRD. */
const deepest = 200

/** The defaults of the fields of one schema, as the map that the API server would make of them. */
const defaultsOf = (properties: JsonObject): JsonObject | undefined => {
  let defaults: JsonObject | undefined
  for (const key in properties) {
    if (!partKey.test(key)) continue
    const field = properties[key]
    if (!isObject(field) || typeof field['default'] !== 'string') continue
    defaults ??= {}
    setField(defaults, key, field['default'])
  }
  return defaults
}

/** Looks for defaults alone: the rest of a schema is types and prose, and there is a lot of it. */
const collect = (schema: Json, path: Path, name: string, isRegistry: IsRegistry, found: Hit[]): void => {
  if (!isObject(schema) || path.length > deepest) return
  const value = schema['default']
  if (typeof value === 'string' && imageKey.test(name)) {
    const tier = judge(value, 'image', isRegistry)
    if (tier !== undefined)
      found.push({ tier, parts: [{ role: 'reference', at: [...path, 'default'], text: value }] })
  } else if (isObject(value) && typeof value['image'] === 'string') {
    const tier = judge(value['image'], 'image', isRegistry)
    if (tier !== undefined)
      found.push({
        tier,
        parts: [{ role: 'reference', at: [...path, 'default', 'image'], text: value['image'] }],
      })
  }
  const properties = schema['properties']
  if (isObject(properties)) {
    const defaults = defaultsOf(properties)
    const hit = defaults && mapHit(defaults, name, isRegistry)
    if (hit !== undefined)
      found.push({
        ...hit,
        parts: hit.parts.map((part) => ({
          ...part,
          at: [...path, 'properties', String(part.at[0]), 'default'],
        })) as unknown as Hit['parts'],
      })
    path.push('properties')
    for (const key in properties) {
      path.push(key)
      collect(properties[key] as Json, path, key, isRegistry, found)
      path.pop()
    }
    path.pop()
  }
  for (const key of ['items', 'additionalProperties'])
    if (isObject(schema[key])) {
      path.push(key)
      collect(schema[key], path, name, isRegistry, found)
      path.pop()
    }
}

/** Defaults in the schemas of CustomResourceDefinitions. */
export const crdDefault: Finder = {
  id: 'crd-default',
  tier: 'B',
  finds:
    'defaults in the schemas of CustomResourceDefinitions, of fields that are called image or make a reference together',
  inMap: (map, { kind, path, isRegistry }) => {
    if (kind !== 'CustomResourceDefinition' || path.length > 0) return none
    const spec = map['spec']
    const versions = isObject(spec) ? spec['versions'] : undefined
    if (!Array.isArray(versions)) return none
    const found: Hit[] = []
    for (const [index, version] of versions.entries()) {
      const schema = isObject(version) && isObject(version['schema']) ? version['schema'] : {}
      const at = ['spec', 'versions', index, 'schema', 'openAPIV3Schema']
      collect(schema['openAPIV3Schema'] ?? null, at, '', isRegistry, found)
    }
    return found
  },
}
