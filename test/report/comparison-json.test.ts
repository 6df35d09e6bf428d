import test from 'ava'
import { parseJson } from '../../src/core/json.ts'
import { comparisonJson } from '../../src/report/comparison-json.ts'
import { everyChange, hostile } from './comparisons.ts'

test('a comparison as JSON holds every field, integers beyond 2^53 in full', (t) => {
  const text = comparisonJson(everyChange)
  t.deepEqual(parseJson(text), everyChange as never)
  t.regex(text, /9223372036854775807\n/)
})

test('no control character stands raw in the JSON', (t) => {
  t.notRegex(comparisonJson(hostile), /[^\P{Cc}\n]/u)
})
