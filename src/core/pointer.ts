import { isObject, setField } from './json.ts'
import type { Json, JsonObject } from './json.ts'

/** The way to a place in a value: keys of maps and indices of lists. */
export type Path = (string | number)[]

/** RFC 6901: `/spec/containers/0/image`, with `~` and `/` in keys escaped. */
export const pointerOf = (path: Path): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** The keys of a JSON pointer, unescaped; those of lists are texts as well. */
export const keysOfPointer = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

/** What a JSON pointer leads to; undefined where nothing is. */
export const atPointer = (value: Json, pointer: string): Json | undefined =>
  keysOfPointer(pointer).reduce<Json | undefined>((found, key) => {
    if (Array.isArray(found)) return found[Number(key)]
    return isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }, value)

/** A copy of `value` in which the place at `path`, which exists, holds `next`. What lies beside the path is shared, not copied. */
export const replaceAt = (value: Json, path: Path, next: Json): Json => {
  const [step, ...rest] = path
  if (step === undefined) return next
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replaceAt(item, rest, next) : item))
  if (!isObject(value)) throw new Error(`nothing lies at ${pointerOf(path)}`)
  const copy: JsonObject = { ...value }
  setField(copy, String(step), replaceAt(value[step] as Json, rest, next))
  return copy
}
