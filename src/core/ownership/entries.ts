import { isObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { KubeObject } from '../object.ts'
import type { FieldSet } from './field-set.ts'

/** Who owns what in an object: one entry of `metadata.managedFields`. */
export type Entry = JsonObject

export const entriesOf = (object: KubeObject): Entry[] => {
  const managed = object.metadata['managedFields']
  return (Array.isArray(managed) ? managed : []).filter(isObject)
}

export const fieldsOf = (entry: Entry): FieldSet => {
  const fields = entry['fieldsV1']
  return isObject(fields) ? fields : {}
}

/** Whether it is what `manager` has applied; a manager has one such entry for each subresource. */
export const isAppliedBy = (entry: Entry, manager: string): boolean =>
  entry['manager'] === manager && entry['operation'] === 'Apply' && !entry['subresource']
