import { labels } from '../../core/applyset.ts'
import { fieldChanges } from '../../core/fields/changes.ts'
import type { Conceals } from '../../core/fields/changes.ts'
import { ownersOf } from '../../core/fields/owners.ts'
import type { FieldChange } from '../../core/comparison.ts'
import { isObject, setField } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { JudgedField } from '../../core/judged.ts'
import type { KubeObject } from '../../core/object.ts'
import { keysOfPointer } from '../../core/pointer.ts'
import type { Path } from '../../core/pointer.ts'

/** What the server keeps for itself, or changes by itself with every write. */
const bookkeeping = ['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'uid', 'selfLink']

/** A map without some keys; undefined where nothing is left of it. */
const without = (map: unknown, isOurs: (key: string) => boolean): JsonObject | undefined => {
  if (!isObject(map)) return undefined
  const left: JsonObject = {}
  for (const [key, value] of Object.entries(map))
    if (!isOurs(key) && value !== undefined) setField(left, key, value)
  return Object.keys(left).length === 0 ? undefined : left
}

/** The object without status, without the server's bookkeeping and ours: what is left is what somebody wants. */
const content = (object: KubeObject): KubeObject => {
  const kept = without(object.metadata, (key) => bookkeeping.includes(key)) ?? {}
  const { labels: ownLabels, annotations: ownAnnotations, ...others } = kept
  const shownLabels = without(ownLabels, (key) => key === labels.partOf)
  const shownAnnotations = without(ownAnnotations, (key) => key === 'scout.airgap/run')
  return {
    ...without(object, (key) => key === 'status' || key === 'metadata'),
    metadata: {
      ...others,
      ...(shownLabels && { labels: shownLabels }),
      ...(shownAnnotations && { annotations: shownAnnotations }),
    },
  } as KubeObject
}

/** The way that a pointer says, with places of lists as numbers. */
const pathIn = (object: KubeObject, pointer: string): Path => {
  let value: unknown = object
  return keysOfPointer(pointer).map((key) => {
    const step = Array.isArray(value) ? Number(key) : key
    value = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined
    return step
  })
}

/** A keyed digest of site values, whose key may be made anew with every plan: that it changes rolls Pods; what it is tells nothing. */
const isStamp = (pointer: string): boolean => pointer.endsWith('/annotations/scout.airgap~1site-values')

const isMasked = (field: FieldChange): boolean =>
  ('before' in field && 'show' in field.before && field.before.show === 'masked') ||
  ('after' in field && 'show' in field.after && field.after.show === 'masked')

const judgedField = (field: FieldChange, before: KubeObject, after: KubeObject): JudgedField => {
  const { pointer, name } = field
  const gone = field.change === 'removed'
  const owners = {
    before: field.change === 'added' ? [] : ownersOf(before, pathIn(gone ? before : after, pointer)),
    after: gone ? [] : ownersOf(after, pathIn(after, pointer)),
  }
  if (!isMasked(field) && !isStamp(pointer)) return { ...field, owners }
  const how = field.change === 'added' || field.change === 'removed' ? field.change : 'changed'
  return { pointer, name, owners, change: 'hidden', how }
}

/**
 * The fields by which the live object differs from what the server would make of it. Both are as the server has them, so neither
 * defaulting nor the spelling of quantities shows. What is secret is named and not shown.
 */
export const judgedFields = (before: KubeObject, after: KubeObject, conceals: Conceals): JudgedField[] =>
  fieldChanges(content(before), content(after), conceals).map((field) => judgedField(field, before, after))
