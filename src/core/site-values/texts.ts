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

/** What takes the place of the hole from `start` to `end` of a text. */
type FillHole = (text: string, start: number, end: number, path: Path) => string

/** One text filled, in one pass: its holes, and what is base64 between them. */
const fillText = (text: string, path: Path, holes: RegExp, fill: FillHole, depth = 0): string => {
  const inRuns = (between: string): string =>
    between.replace(base64Run, (run) => {
      const inner = depth === deepest ? undefined : decoded(run)
      if (inner === undefined) return run
      const next = fillText(inner, path, holes, fill, depth + 1)
      return next === inner ? run : Buffer.from(next).toString('base64')
    })
  let [filled, at] = ['', 0]
  for (const { 0: hole, index } of text.matchAll(holes)) {
    const end = index + hole.length
    filled += inRuns(text.slice(at, index)) + fill(text, index, end, path)
    at = end
  }
  return filled + inRuns(text.slice(at))
}

const rewriteIn = (value: Json, path: Path, rewrite: RewriteText): Json => {
  if (typeof value === 'string') return rewrite(value, path)
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
  rewriteIn(object, [], (text, path) => rewriteText(text, path, rewrite)) as KubeObject

/**
 * As `rewriteTexts`, for holes (a global pattern), each filled once: what was put in is never
 * looked at again, nor decoded, alone or with what stands beside it. So no value can name another one.
 */
export const fillTexts = (object: KubeObject, holes: RegExp, fill: FillHole): KubeObject =>
  rewriteIn(object, [], (text, path) => fillText(text, path, holes, fill)) as KubeObject
