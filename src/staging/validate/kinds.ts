import { isObject } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { idOf, isCrd } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { definitionOf, findKind, kindsOfCrd } from '../../core/target.ts'
import type { DescribedTarget, KindSchemas, ServedKind } from '../../core/target.ts'
import { builtInShapes } from './built-in-shapes.ts'
import { customShape } from './custom-shapes.ts'
import { withDefaults } from './defaults.ts'
import { judge } from './judge.ts'
import type { Finding } from './judge.ts'
import type { Shape } from './shape.ts'

/** All that is known of the kinds of one set: those of its target, and those that its CRDs bring. */
export interface Kinds {
  all: ServedKind[]
  /** What the schema of its kind has against an object; undefined where nobody serves that kind. */
  findingsOf(object: KubeObject): Finding[] | undefined
}

type Judge = (object: KubeObject) => Finding[]

/** Go's decoder is the same for every object, so the shapes are read once for each target. */
const shapesOf = new WeakMap<KindSchemas, (definition: string) => Shape>()

const shapesFor = (schemas: KindSchemas): ((definition: string) => Shape) => {
  const shapes = shapesOf.get(schemas) ?? builtInShapes(schemas)
  shapesOf.set(schemas, shapes)
  return shapes
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

const versionsOf = (crd: KubeObject): JsonObject[] => {
  const spec = crd['spec']
  return isObject(spec) && Array.isArray(spec['versions']) ? spec['versions'].filter(isObject) : []
}

const field = (value: Json | undefined, key: string): Json | undefined =>
  isObject(value) ? value[key] : undefined

/** Judges objects of one version of a CRD; the server drops the status of those that have it as a subresource, once it has read it. */
const customJudge = (version: JsonObject, meta: Shape): Judge => {
  const schema = field(version['schema'], 'openAPIV3Schema')
  if (!isObject(schema)) return () => []
  const shape = customShape(schema, meta)
  const statusDepth = isObject(field(version['subresources'], 'status')) ? 'types' : 'whole'
  return (object) => judge(withDefaults(object, schema), shape, statusDepth)
}

/**
 * The kinds that an object of a set can have: the target's own, and those of the CRDs, of which the set's replace those in the snapshot of
 * the cluster. Of a kind whose CRD nobody has (an aggregated API serves it) nothing is judged.
 */
export const knownKinds = (target: DescribedTarget, crds: KubeObject[]): Kinds => {
  const { schemas } = target
  const shapes = shapesFor(schemas)
  const brought = new Set(crds.map(({ metadata }) => metadata.name))
  const there = target.objects.filter((object) => isCrd(idOf(object)))
  const replaced = there.filter(({ metadata }) => brought.has(metadata.name)).flatMap(kindsOfCrd)
  const served = target.kinds.filter(
    ({ group, version, plural }) =>
      !replaced.some((one) => one.group === group && one.version === version && one.plural === plural),
  )
  const custom = new Map<string, Judge>()
  for (const crd of [...there.filter(({ metadata }) => !brought.has(metadata.name)), ...crds])
    for (const { group, version, kind } of kindsOfCrd(crd)) {
      const declared = versionsOf(crd).find(({ name }) => name === version)
      if (declared) custom.set(`${group}/${version}/${kind}`, customJudge(declared, shapes(objectMeta)))
    }
  return {
    all: [...served, ...crds.flatMap(kindsOfCrd)],
    findingsOf(object) {
      const { apiVersion, kind } = object
      const isServed = findKind(served, apiVersion, kind) !== undefined
      const definition = isServed ? definitionOf(schemas, object) : undefined
      if (definition !== undefined) return judge(object, shapes(definition), 'types')
      return custom.get(`${apiVersion}/${kind}`)?.(object) ?? (isServed ? [] : undefined)
    },
  }
}
