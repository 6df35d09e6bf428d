import { isObject } from '../../../core/json.ts'
import type { JsonObject } from '../../../core/json.ts'
import { idOf, isCrd } from '../../../core/object.ts'
import type { KubeObject } from '../../../core/object.ts'
import { itemsOf, mapAt } from '../pod-spec.ts'
import type { Rule } from '../rule.ts'
import { placeOf } from '../words.ts'

const crd = (version: JsonObject): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'shops.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Shop', plural: 'shops' },
    versions: [{ name: 'v1', served: true, storage: true, ...version }],
  },
})

export const missingSchema: Rule = {
  id: 'missing-schema',
  title: 'A version of a CustomResourceDefinition has no schema',
  why: 'The API server refuses the object.',
  fix: 'Add schema.openAPIV3Schema to the version.',
  examples: {
    good: [crd({ schema: { openAPIV3Schema: { type: 'object' } } })],
    bad: [crd({}), crd({ schema: {} })],
  },
  check(object) {
    const spec = isCrd(idOf(object)) ? mapAt(object, ['spec']) : undefined
    return (spec ? itemsOf({ value: spec, at: ['spec'] }, 'versions') : []).flatMap(({ value, at }) =>
      isObject(mapAt(value, ['schema', 'openAPIV3Schema']))
        ? []
        : [{ at: [...at, 'schema'], what: `has no schema in ${placeOf(at)}.` }],
    )
  },
}
