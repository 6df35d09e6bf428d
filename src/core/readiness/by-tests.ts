import { heldBy, toldTest, unmet } from './field-test.ts'
import type { GivenTest } from './declared.ts'
import { atPointer } from '../pointer.ts'
import type { KubeObject } from '../object.ts'
import { conditionOf, failed, mapAt, notSeen, ready, shortened, waiting, wordsOf } from './rule.ts'
import type { Readiness, ReadinessRule } from './rule.ts'

/** A rule as data. */
interface Given {
  kinds: string[]
  /** Ready where all of them hold. */
  ready: GivenTest[]
  /** Failed for good where one of them holds: nothing that the controller does by itself would change it. */
  failed?: GivenTest[]
  /** Its controller was told to leave it alone where one of them holds, in what people write: nobody waits for it. */
  leftAlone?: GivenTest[]
  /** Where its controller explains itself: a JSON pointer, or a condition. */
  because?: string | { condition: string }
  writesGenerationLast?: true
}

const because = (object: KubeObject, place: Given['because']): string => {
  if (place === undefined) return ''
  if (typeof place !== 'string') {
    const condition = conditionOf(object, place.condition)
    return condition === undefined ? '' : ` (${wordsOf(condition)})`
  }
  const text = atPointer(object, place)
  return typeof text === 'string' && text !== '' ? ` (${shortened(text)})` : ''
}

/** What tests say of an object: failed where one of `failed` holds, else ready where all of `ready` do. */
export const judgeByTests = (
  object: KubeObject,
  { ready: wanted, failed: fatal = [], because: place }: Pick<Given, 'ready' | 'failed' | 'because'>,
): Readiness => {
  const failure = fatal.find((test) => unmet(object, test) === undefined)
  if (failure) return failed(heldBy(object, failure) + because(object, place))
  for (const test of wanted) {
    const why = unmet(object, test)
    if (why !== undefined) return waiting(why + because(object, place))
  }
  return ready
}

const listed = (tests: GivenTest[], word: string): string => tests.map(toldTest).join(`, ${word} `)

/** The rule that data means. An object without a status has not been seen by its controller. */
export const ruleByTests = (given: Given): ReadinessRule => {
  const { kinds, failed: fatal, leftAlone, writesGenerationLast } = given
  return {
    kinds,
    readyWhen: listed(given.ready, 'and'),
    ...(writesGenerationLast && { writesGenerationLast }),
    ...(fatal && { failedWhen: listed(fatal, 'or') }),
    ...(leftAlone && {
      leftAloneWhen: listed(leftAlone, 'or'),
      isLeftAlone: (object: KubeObject) => leftAlone.some((test) => unmet(object, test) === undefined),
    }),
    judge: (object) =>
      Object.keys(mapAt(object, 'status')).length === 0 ? waiting(notSeen) : judgeByTests(object, given),
  }
}
