import { atPointer, pointerOf, replaceAt } from '../pointer.ts'
import type { Json } from '../json.ts'
import type { KubeObject } from '../object.ts'
import type { ImageEdit } from '../records.ts'

const decode = (text: string, base64: boolean): string =>
  base64 ? Buffer.from(text, 'base64').toString('utf8') : text
const encode = (text: string, base64: boolean): string =>
  base64 ? Buffer.from(text).toString('base64') : text

/** Each edit once, by where it begins: images can share one field, such as a registry. */
const inOrder = (edits: ImageEdit[]): ImageEdit[] => [
  ...new Map(edits.toSorted((a, b) => a.at - b.at).map((edit) => [edit.at, edit])).values(),
]

const changed = (text: string, edits: ImageEdit[], undo: boolean): string => {
  let result = ''
  let at = 0
  let shift = 0
  for (const edit of edits) {
    const [was, next] = undo ? [edit.to, edit.from] : [edit.from, edit.to]
    const start = edit.at + shift
    if (text.slice(start, start + was.length) !== was) throw new Error('the text is not the one of the edits')
    result += text.slice(at, start) + next
    at = start + was.length
    if (undo) shift += edit.to.length - edit.from.length
  }
  return result + text.slice(at)
}

const withEdits = (object: KubeObject, edits: ImageEdit[], undo: boolean): KubeObject => {
  let result: Json = object
  for (const [pointer, own] of Map.groupBy(edits, ({ path }) => pointerOf(path))) {
    const text = atPointer(object, pointer)
    const [first] = own
    if (typeof text !== 'string' || first === undefined)
      throw new Error(`the object of the edits has no text at ${pointer}`)
    const base64 = first.base64 === true
    const next = encode(changed(decode(text, base64), inOrder(own), undo), base64)
    result = replaceAt(result, first.path, next)
  }
  return result as KubeObject
}

/** The object with its images rewritten; what is beside them in a text stays byte for byte. */
export const applyEdits = (object: KubeObject, edits: ImageEdit[]): KubeObject =>
  withEdits(object, edits, false)

/** The object as it was before `applyEdits` with the same edits. */
export const undoEdits = (object: KubeObject, edits: ImageEdit[]): KubeObject =>
  withEdits(object, edits, true)
