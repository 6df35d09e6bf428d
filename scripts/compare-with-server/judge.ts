import type { KubeObject } from '../../src/core/object.ts'
import type { Path } from '../../src/core/pointer.ts'
import { placeholderForm } from '../../src/core/site-values/placeholder.ts'
import { utf8Text } from '../../src/core/utf-8.ts'
import type { Json } from '../../src/core/json.ts'
import { isChecksum as isChecksumOfRandom } from '../../src/staging/render/mask/checksums.ts'
import type { Field } from './fields.ts'

export type MaskedBecause = 'random' | 'supplied' | 'checksum'

/**
 * What a differing field is. `masked`: what our render left out on purpose: what is random (two real renders differ there), what a
 * person supplies, or a checksum over either. `stable-mask`: a placeholder over what is the same each time and supplied by nobody.
 * `random`: the server's renders differ there, and nothing of ours says so. `different`: simply not the same.
 */
export type Verdict = { is: 'masked'; why: MaskedBecause } | { is: 'stable-mask' | 'random' | 'different' }

/** What is known of the masks of a release. */
export interface Masks {
  /** Placeholders of values that a person supplies: what a chart makes of their absence may be the same each time. */
  supplied: Set<string>
  /** Whether what stands there is the digest that our render puts in the place of a checksum over random values. */
  isDigest: (object: KubeObject, path: Path) => boolean
}

const deepest = 3
const decoded = (text: string): string | undefined => utf8Text(Buffer.from(text, 'base64'))
const holds = (text: string): string[] => text.match(placeholderForm) ?? []

/** The text in which placeholders stand in the clear: the text itself, or what it is the base64 of; with the depth. */
const unwrapped = (text: string, depth = 0): { text: string; depth: number } | undefined => {
  if (holds(text).length > 0) return { text, depth }
  const inner =
    depth < deepest && /^[A-Za-z0-9+/]{16,}={0,2}$/.test(text.trimEnd()) ? decoded(text) : undefined
  return inner === undefined ? undefined : unwrapped(inner, depth + 1)
}

const decodedTimes = (value: Json | undefined, times: number): string | undefined => {
  let text = typeof value === 'string' ? value : undefined
  for (let time = 0; time < times && text !== undefined; time += 1) text = decoded(text)
  return text
}

/** Whether `text` is the pattern with anything in place of its placeholders: what stands around them is compared, too. */
const fits = (pattern: string, text: string | undefined): boolean => {
  if (text === undefined) return false
  const [start = '', ...rest] = pattern.split(placeholderForm)
  const end = rest.pop() ?? ''
  if (!text.startsWith(start) || !text.endsWith(end)) return false
  let from = start.length
  for (const part of rest) {
    const found = text.indexOf(part, from)
    if (found < 0) return false
    from = found + part.length
  }
  return from <= text.length - end.length
}

/** Whether the chart's checksums differ there, and ours is the digest that stands for them. */
const isChecksum = (
  object: KubeObject,
  { path, theirs: [first, second] }: Field,
  { isDigest }: Masks,
): boolean => isChecksumOfRandom(object, { path, first, second, of: 'value' }) && isDigest(object, path)

/** Says of a differing field of an object of ours what it is. */
export const judge = (object: KubeObject, field: Field, masks: Masks): Verdict => {
  const { ours, theirs, steady } = field
  const mask = typeof ours === 'string' ? unwrapped(ours) : undefined
  if (mask) {
    if (!theirs.every((value) => fits(mask.text, decodedTimes(value, mask.depth)))) return { is: 'different' }
    if (!steady) return { is: 'masked', why: 'random' }
    return holds(mask.text).every((one) => masks.supplied.has(one))
      ? { is: 'masked', why: 'supplied' }
      : { is: 'stable-mask' }
  }
  if (!steady && isChecksum(object, field, masks)) return { is: 'masked', why: 'checksum' }
  return { is: steady ? 'different' : 'random' }
}
