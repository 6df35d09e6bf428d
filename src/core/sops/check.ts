import { isObject } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import { pointerOf } from '../pointer.ts'
import type { Path } from '../pointer.ts'
import { problem } from '../problem.ts'
import type { Problem } from '../problem.ts'
import { metadataKey } from './document.ts'
import { leafOf } from './leaf.ts'
import { defaultRule } from './rule.ts'

const deepest = 100
/** go-yaml gives a key on one line up after 1024. */
const longestKey = 1000

/**
 * What of values sops could not hold, or would leave in clear though nobody said so (`byDefault`: under its own rule, by which a key that
 * ends in `_unencrypted` names something public). Problems name pointers, never values.
 */
export const unsealable = (values: JsonObject, byDefault: boolean): Problem[] => {
  const problems: Problem[] = []
  const refuse = (slug: string, path: Path, what: string, fix: string): void => {
    problems.push(problem({ code: `sops/${slug}`, what: `The value at ${pointerOf(path)} ${what}.`, fix }))
  }
  const look = (value: Json, path: Path): void => {
    if (path.length > deepest)
      refuse('too-deep', path, `lies more than ${deepest} levels deep`, 'Use fewer levels.')
    else if (Array.isArray(value)) for (const [index, item] of value.entries()) look(item, [...path, index])
    else if (isObject(value))
      for (const key of Object.keys(value)) lookAt(key, value[key] as Json, [...path, key])
    else if (leafOf(value) === undefined)
      refuse(
        'not-a-value',
        path,
        'is a number beyond 64 bits or text that is not Unicode',
        'Write it as text.',
      )
  }
  const lookAt = (key: string, value: Json, path: Path): void => {
    if (!key.isWellFormed())
      return refuse('bad-key', path, 'has a key that is not Unicode', 'Name it otherwise.')
    if (key.length > longestKey)
      return refuse(
        'bad-key',
        path.slice(0, -1),
        `has a key of more than ${longestKey} characters`,
        'Shorten it.',
      )
    if (path.length === 1 && key === metadataKey)
      return refuse('reserved-key', path, 'has the key that sops keeps for itself', 'Name it otherwise.')
    // sops decrypts it to a merge key, whose value is something else.
    if (key === '<<')
      return refuse('bad-key', path, 'has the key <<, which YAML keeps for itself', 'Name it otherwise.')
    if (byDefault && key.endsWith(defaultRule.suffix))
      return refuse(
        'left-in-clear',
        path,
        `would not be sealed: sops leaves in clear what ends in ${defaultRule.suffix}`,
        'Name it otherwise, or say with encryptedRegex what is sealed.',
      )
    look(value, path)
  }
  look(values, [])
  return problems
}
