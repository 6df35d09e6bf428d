import type { Shown } from '../comparison.ts'
import { printJson } from '../json.ts'
import type { Json } from '../json.ts'
import type { KubeObject } from '../object.ts'
import type { Path } from '../pointer.ts'

/** kubectl's client-side apply copies the whole object, Secrets included, into this annotation. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** What at a path is secret: all that lies there, something further down, or nothing. */
type Secrecy = 'secret' | 'holds-secrets' | 'open'

/**
 * How secret a place of an object is: the data of every kind named Secret, of whatever group (so that one in a wrong group is no leak),
 * and the copy that kubectl leaves in an annotation.
 */
export const secrecyOf = (object: Pick<KubeObject, 'kind'>, [first, second, third]: Path): Secrecy => {
  if (object.kind === 'Secret' && (first === 'data' || first === 'stringData'))
    return second === undefined ? 'holds-secrets' : 'secret'
  if (first !== 'metadata') return 'open'
  if (second === undefined) return 'holds-secrets'
  if (second !== 'annotations') return 'open'
  if (third === undefined) return 'holds-secrets'
  return third === lastApplied ? 'secret' : 'open'
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The size in bytes of what a secret field stands for: under `data` that of the decoded value. */
const sizeOf = (value: Json, path: Path): number => {
  const text = typeof value === 'string' ? value : printJson(value)
  return path[0] === 'data' && base64.test(text)
    ? Buffer.from(text, 'base64').length
    : Buffer.byteLength(text)
}

/** A secret value as no more than its size. */
export const masked = (value: Json, path: Path): Shown => ({ show: 'masked', bytes: sizeOf(value, path) })
