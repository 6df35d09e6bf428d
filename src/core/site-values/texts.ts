import { isUtf8 } from 'node:buffer'
import { isObject, setField } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import type { KubeObject } from '../object.ts'
import type { Path } from '../pointer.ts'

/** What becomes of one text; `path` is where it stands in its object, also where it was found inside of base64. */
export type RewriteText = (text: string, path: Path) => string

/** Charts encode what is encoded already; more often than this, nobody does. */
const deepest = 3

/** What may be base64 of eight bytes or more, on its own or inside a text (the `auth` of a registry's login, a kubeconfig). */
const base64Run = /[A-Za-z0-9+/]{10,}={0,2}/g

/** The text that a run holds; undefined where it is no base64, or would not come out the same when encoded again. */
const decoded = (run: string): string | undefined => {
  if (run.length % 4 !== 0) return undefined
  const bytes = Buffer.from(run, 'base64')
  return isUtf8(bytes) && bytes.toString('base64') === run ? bytes.toString('utf8') : undefined
}

/** One text rewritten, and what is base64 in it; `depth` layers of base64 lie around it already. */
export const rewriteText = (text: string, path: Path, rewrite: RewriteText, depth = 0): string => {
  const outer = rewrite(text, path)
  if (depth === deepest) return outer
  return outer.replace(base64Run, (run) => {
    const inner = decoded(run)
    if (inner === undefined) return run
    const next = rewriteText(inner, path, rewrite, depth + 1)
    return next === inner ? run : Buffer.from(next).toString('base64')
  })
}

const rewriteIn = (value: Json, path: Path, rewrite: RewriteText): Json => {
  if (typeof value === 'string') return rewriteText(value, path, rewrite, 0)
  if (Array.isArray(value)) {
    const items = value.map((item, index) => rewriteIn(item, [...path, index], rewrite))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (!isObject(value)) return value
  let copy: JsonObject | undefined
  for (const [key, item] of Object.entries(value)) {
    const next = rewriteIn(item, [...path, key], rewrite)
    if (next === item) continue
    copy ??= { ...value }
    setField(copy, key, next)
  }
  return copy ?? value
}

/**
 * An object with each of its texts rewritten, and then what is base64 in it, whole or as a part, up to three layers deep; the object
 * itself where nothing changed. Bytes that are not UTF-8 are left alone, and so are keys.
 */
export const rewriteTexts = (object: KubeObject, rewrite: RewriteText): KubeObject =>
  rewriteIn(object, [], rewrite) as KubeObject
