import type { Conceals } from '../../core/fields/changes.ts'
import { printJson } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { isKeyed } from '../../core/keyed-digest.ts'
import type { Live } from '../../core/live.ts'
import { keyOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import type { Scrub } from '../../core/site-values/scrub.ts'
import type { Filled } from '../../core/wanted.ts'

const hasText = (value: Json): boolean =>
  typeof value === 'string' ||
  (typeof value === 'object' && value !== null && Object.values(value).some(hasText))

/**
 * What of an object must not be shown because it is, or may be, a site value. Values that are known are found by `scrub`. A live object
 * that was applied with site values, when not all of them were what they are now, may hold one that nobody knows any more: of that one no
 * text is shown that is there now.
 */
export const concealing =
  (scrub: Scrub, live: Pick<Live, 'inventory'>, filled: Filled | undefined) =>
  (id: ObjectId): Conceals => {
    const there = live.inventory?.content
    const held = isKeyed(there?.entries.get(keyOf(id))?.wanted ?? '')
    const mayBeOld = held && there?.filling !== filled?.digest
    return (value, side) => {
      if (mayBeOld && side === 'before' && hasText(value)) return true
      const text = typeof value === 'string' ? value : printJson(value)
      return scrub.text(text) !== text
    }
  }
