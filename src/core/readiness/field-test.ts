import { isObject } from '../json.ts'
import type { Json } from '../json.ts'
import type { KubeObject } from '../object.ts'
import { atPointer } from '../pointer.ts'
import type { GivenTest } from './declared.ts'
import { changeNotSeen, conditionOf, isOutdated, shortened, wordsOf } from './rule.ts'

const isThere = (value: Json | undefined): boolean => {
  if (value === undefined || value === null || value === '') return false
  if (Array.isArray(value)) return value.length > 0
  return !isObject(value) || Object.keys(value).length > 0
}

/** A value in a sentence. What lies outside of status may be secret, and is not repeated. */
const shown = (path: string, value: Json | undefined): string => {
  if (!isThere(value)) return 'not set'
  if (!path.startsWith('/status/')) return 'something else'
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map'
  return typeof value === 'string' ? `"${shortened(value)}"` : String(value)
}

const asNumber = (value: Json | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise

/** Why a test does not hold of a live object, in words that follow a colon; undefined where it holds. */
export const unmet = (object: KubeObject, test: GivenTest): string | undefined => {
  if ('condition' in test) {
    const condition = conditionOf(object, test.condition)
    if (condition === undefined) return `it has no condition ${test.condition} yet`
    if (isOutdated(object, condition)) return changeNotSeen
    const holds = condition.status === test.is && condition.reason === (test.reason ?? condition.reason)
    return holds ? undefined : wordsOf(condition)
  }
  const value = atPointer(object, test.path)
  const is = `${test.path} is ${shown(test.path, value)}`
  if ('exists' in test) {
    if (isThere(value) === test.exists) return undefined
    return test.exists ? is : `${test.path} is set`
  }
  if ('equals' in test)
    return value === test.equals ? undefined : `${is} instead of ${JSON.stringify(test.equals)}`
  if ('oneOf' in test)
    return test.oneOf.some((one) => one === value)
      ? undefined
      : `${is} instead of ${test.oneOf.map((one) => JSON.stringify(one)).join(' or ')}`
  const wanted = asNumber(atPointer(object, test.atLeast), test.usually)
  const found = asNumber(value, 0)
  return found >= wanted ? undefined : `${test.path} is ${found} of ${wanted}`
}

/** Why a test holds, for one that says that an object has failed: the condition's words, or the value itself. */
export const heldBy = (object: KubeObject, test: GivenTest): string => {
  if (!('condition' in test)) return `${test.path} is ${shown(test.path, atPointer(object, test.path))}`
  const condition = conditionOf(object, test.condition)
  return condition === undefined ? test.condition : wordsOf(condition)
}

/** A test in a sentence of the documentation. */
export const toldTest = (test: GivenTest): string => {
  if ('condition' in test)
    return `condition \`${test.condition}\` is ${test.is}${test.reason === undefined ? '' : ` (\`${test.reason}\`)`}`
  if ('exists' in test) return `\`${test.path}\` is ${test.exists ? '' : 'not '}set`
  if ('equals' in test) return `\`${test.path}\` is \`${JSON.stringify(test.equals)}\``
  if ('oneOf' in test)
    return `\`${test.path}\` is ${test.oneOf.map((one) => `\`${JSON.stringify(one)}\``).join(' or ')}`
  return `\`${test.path}\` is at least \`${test.atLeast}\``
}
