import test from 'ava'
import { rules } from '../../../src/staging/validate/rules/rules.ts'
import { readdir } from 'node:fs/promises'

for (const rule of rules) {
  test(`${rule.id}: ${rule.title}, as its examples show`, (t) => {
    t.true(rule.examples.good.length > 0 && rule.examples.bad.length > 0)
    for (const object of rule.examples.good) t.deepEqual(rule.check(object), [])
    for (const object of rule.examples.bad) t.is(rule.check(object).length, 1, JSON.stringify(object))
  })
}

test('every file with a rule is in the list, and the list is in order', async (t) => {
  const files = await readdir(new URL('../../../src/staging/validate/rules/', import.meta.url))
  t.deepEqual(
    rules.map((rule) => `${rule.id}.ts`),
    files.filter((file) => file !== 'rules.ts').toSorted(),
  )
})
