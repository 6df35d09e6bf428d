import { isObject, setField } from '../../../core/json.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { nameOf } from '../../../core/object.ts'
import type { KubeObject, ObjectId } from '../../../core/object.ts'
import { keysOfPointer, pointerOf, replaceAt } from '../../../core/pointer.ts'
import type { Path } from '../../../core/pointer.ts'
import type { Place } from '../../../core/site-values/recipe.ts'
import { utf8Text } from '../../../core/utf-8.ts'

export type Field = Place['field']

/** How a field is named to people. */
export const fieldWords = (object: ObjectId, field: Field): string =>
  field.in === 'secret' ? `key ${field.key} of ${nameOf(object)}` : `${field.pointer} of ${nameOf(object)}`

const own = (value: Json | undefined, key: string): Json | undefined =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined

/** What stands at a path; undefined where nothing does. */
export const valueAt = (object: KubeObject, path: Path): Json | undefined =>
  path.reduce<Json | undefined>(
    (value, step) => (Array.isArray(value) ? value[Number(step)] : own(value, String(step))),
    object,
  )

/** The path that a pointer means in this object, and what is there; undefined where nothing is. */
const followed = (object: KubeObject, pointer: string): { path: Path; value: Json } | undefined => {
  let value: Json = object
  const path: Path = []
  for (const key of keysOfPointer(pointer)) {
    const next: Json | undefined = Array.isArray(value) ? value[Number(key)] : own(value, key)
    if (next === undefined) return undefined
    path.push(Array.isArray(value) ? Number(key) : key)
    value = next
  }
  return { path, value }
}

/** What a key of a Secret's `data` holds; bytes that are no text are taken as their base64. */
const inData = (encoded: string): { text: string; isEncoded: boolean } => {
  const text = utf8Text(Buffer.from(encoded, 'base64'))
  return text === undefined ? { text: encoded, isEncoded: false } : { text, isEncoded: true }
}

/** The text of a field, that of a Secret's key decoded; undefined where there is none, or where it is no text. */
export const readField = (object: KubeObject, field: Field): string | undefined => {
  if (field.in === 'object') {
    const found = followed(object, field.pointer)
    return typeof found?.value === 'string' ? found.value : undefined
  }
  const plain = own(object['stringData'], field.key)
  if (typeof plain === 'string') return plain
  const encoded = own(object['data'], field.key)
  return typeof encoded === 'string' ? inData(encoded).text : undefined
}

/** A copy of the object in which the field, which is there, holds another text, encoded as it was. */
export const writeField = (object: KubeObject, field: Field, text: string): KubeObject => {
  if (field.in === 'object') {
    const found = followed(object, field.pointer)
    return found ? (replaceAt(object, found.path, text) as KubeObject) : object
  }
  const map = typeof own(object['stringData'], field.key) === 'string' ? 'stringData' : 'data'
  const copy: JsonObject = { ...(object[map] as JsonObject) }
  const encoded = copy[field.key]
  const isEncoded = map === 'data' && typeof encoded === 'string' && inData(encoded).isEncoded
  setField(copy, field.key, isEncoded ? Buffer.from(text).toString('base64') : text)
  return { ...object, [map]: copy }
}

/** The field that a path leads to: a key of a Secret, else the place itself. */
export const fieldAt = (object: KubeObject, path: Path): Field => {
  const [map, key] = path
  const inSecret = object.kind === 'Secret' && object.apiVersion === 'v1' && path.length === 2
  return inSecret && typeof key === 'string' && (map === 'data' || map === 'stringData')
    ? { in: 'secret', key }
    : { in: 'object', pointer: pointerOf(path) }
}

/** The keys that an object's field could have been meant by: those of a Secret, or of the map that a pointer ends in. */
export const keysBeside = (object: KubeObject, field: Field): string[] => {
  if (field.in === 'secret')
    return [object['data'], object['stringData']].flatMap((map) => (isObject(map) ? Object.keys(map) : []))
  const parent = followed(object, field.pointer.slice(0, field.pointer.lastIndexOf('/')))
  return isObject(parent?.value) ? Object.keys(parent.value) : []
}
