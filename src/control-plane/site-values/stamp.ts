import { canonicalJson, isObject } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { keyedDigest } from '../../core/keyed-digest.ts'
import { groupKindOf, keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { podReferences } from '../../core/pod-references.ts'
import { replaceAt } from '../../core/pointer.ts'
import { placeholderOf, placeholdersIn } from '../../core/site-values/placeholder.ts'
import type { SiteValue } from '../../core/site-values/recipe.ts'
import type { Filling } from '../../core/site-values/written.ts'

/** Says on a pod template which site values its Pods see, as a keyed digest: another one rolls them. */
const annotation = 'scout.airgap/site-values'

const template = ['spec', 'template']
/** Kinds that make new Pods of a changed template. A Job's cannot be changed. */
const templates: { [groupKind: string]: string[] } = {
  'Deployment.apps': template,
  'StatefulSet.apps': template,
  'DaemonSet.apps': template,
  'ReplicaSet.apps': template,
  'CronJob.batch': ['spec', 'jobTemplate', 'spec', 'template'],
}

const mapAt = (value: Json, path: string[]): JsonObject | undefined => {
  const found = path.reduce<Json | undefined>((at, step) => (isObject(at) ? at[step] : undefined), value)
  return isObject(found) ? found : undefined
}

/** Which placeholders stand in which objects: by key of the object, sorted. Objects without any are left out. */
export const holdersOf = (objects: { id: ObjectId; object: KubeObject }[]): Map<string, string[]> =>
  new Map(
    objects.flatMap(({ id, object }) => {
      const found = placeholdersIn(object)
      return found.size === 0 ? [] : [[keyOf(id), Array.from(found).sort()] as const]
    }),
  )

/** A keyed digest of the values that stand for these placeholders, `also` being whatever else is to tell two digests apart. */
export const digestOfValues = (
  key: Uint8Array,
  placeholders: string[],
  fillings: ReadonlyMap<string, Filling>,
  also: Json,
): string =>
  keyedDigest(key, canonicalJson([also, placeholders.map((one) => [one, fillings.get(one)?.text ?? null])]))

/** The placeholders of values that are read from Secrets, by key of the Secret. */
const readFrom = (values: SiteValue[]): Map<string, string[]> => {
  const found = new Map<string, string[]>()
  for (const { id, recipe } of values) {
    if (recipe.made !== 'read') continue
    const { namespace, secret } = recipe
    const key = keyOf({ group: '', kind: 'Secret', namespace, name: secret })
    found.set(key, [...(found.get(key) ?? []), placeholderOf(id, 'value')])
  }
  return found
}

/**
 * Stamps objects with pod templates: those whose Pods see a site value, in the template itself or through a Secret or ConfigMap that they name
 * (one that holds a placeholder, or that a value is read from), bear a keyed digest of all that they see. The others are left as they are.
 */
export const stamper = (
  values: SiteValue[],
  holders: Map<string, string[]>,
  fillings: ReadonlyMap<string, Filling>,
  key: Uint8Array,
): ((id: ObjectId, object: KubeObject) => KubeObject) => {
  const read = readFrom(values)
  return (id, object) => {
    const path = templates[groupKindOf(id)]
    const pods = path && mapAt(object, path)
    const spec = pods?.['spec']
    if (path === undefined || pods === undefined || !isObject(spec)) return object
    const named = podReferences(spec).flatMap(({ kind, name }) => {
      const held = keyOf({ group: '', kind, namespace: id.namespace, name })
      return [...(holders.get(held) ?? []), ...(read.get(held) ?? [])]
    })
    const own = holders.has(keyOf(id))
      ? placeholdersIn({ apiVersion: '', kind: '', metadata: { name: '' }, pods })
      : []
    const seen = Array.from(new Set([...named, ...own])).sort()
    if (seen.length === 0) return object
    const stamp = digestOfValues(key, seen, fillings, keyOf(id)).slice('k:'.length)
    const metadata = isObject(pods['metadata']) ? pods['metadata'] : {}
    const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {}
    const stamped = {
      ...pods,
      metadata: { ...metadata, annotations: { ...annotations, [annotation]: stamp } },
    }
    return replaceAt(object, path, stamped) as KubeObject
  }
}
