import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { JsonObject } from '../../../src/core/json.ts'
import { groupKindOf, idOf } from '../../../src/core/object.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import { readinessOf } from '../../../src/core/readiness/readiness.ts'
import { readinessRules } from '../../../src/core/readiness/rules.ts'
import { readYaml } from '../../../src/core/yaml/read.ts'

/** One status of a kind, as its controller writes it, and what is to be made of it. */
interface Fixture {
  claim: string
  expected: string
  object: KubeObject
}

const folder = join(import.meta.dirname, 'fixtures')
const files = readdirSync(folder).sort()
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8')

const fixturesOf = (file: string): Fixture[] => {
  const read = readYaml(textOf(file), file)
  if (!read.ok) throw new Error(read.problems[0].what)
  return read.value.map(({ value }) => value as JsonObject & Fixture)
}

for (const file of files)
  for (const { claim, expected, object } of fixturesOf(file))
    test(`${file}: ${claim}: ${expected}`, (t) => {
      const found = readinessOf(object)
      t.is(found.state === 'ready' ? 'ready' : `${found.state}: ${found.why}`, expected)
    })

test('every file of statuses names the sources that they come from: repository, path and version', (t) => {
  for (const file of files)
    t.regex(
      textOf(file),
      /^# Source: [\w-]+\/[\w-]+ \S+\.(?:go|yaml|adoc|java)[^]*? at v?[0-9a-f.]{5,}/,
      file,
    )
})

test('every rule shows a status that is ready beside one that is not, and of each kind at least one', (t) => {
  const judged = new Map<string, Set<string>>()
  for (const { object, expected } of files.flatMap(fixturesOf)) {
    const kind = groupKindOf(idOf(object))
    judged.set(kind, (judged.get(kind) ?? new Set()).add(expected === 'ready' ? 'ready' : 'not ready'))
  }
  for (const { kinds, readyWhen } of readinessRules) {
    const seen = new Set(kinds.flatMap((kind) => [...(judged.get(kind) ?? [])]))
    const wanted = readyWhen === 'it is there' ? ['ready'] : ['not ready', 'ready']
    t.deepEqual([...seen].sort(), wanted, kinds.join(', '))
  }
})

test('no kind has two rules', (t) => {
  const kinds = readinessRules.flatMap((rule) => rule.kinds)
  t.is(new Set(kinds).size, kinds.length)
})
