import { readFile } from 'node:fs/promises'
import path from 'node:path'
import test from 'ava'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import { readYaml } from '../../../src/core/yaml/read.ts'
import { writeYaml } from '../../../src/core/yaml/write.ts'
import { different, keys, laxer, laxerStreams, phrases, refused, scalars, shapes, stricter } from './cases.ts'
import { kubectlReads } from './kubectl.ts'
import { strings, values } from './values.ts'

const head = 'apiVersion: oracle.example/v1\nkind: Case\nmetadata: {name: case}\n'
const bare = { apiVersion: 'oracle.example/v1', kind: 'Case', metadata: { name: 'case' } }

const ours = (stream: string): JsonObject[] | 'refused' => {
  const read = readYaml(stream, 'stream')
  return read.ok
    ? read.value.filter(({ value }) => value !== null).map(({ value }) => value as JsonObject)
    : 'refused'
}

const theirs = async (stream: string): Promise<JsonObject[] | 'refused'> => {
  const read = await kubectlReads(stream)
  return read.refused ? 'refused' : read.objects
}

const table: [name: string, bodies: string[]][] = [
  ['scalar', scalars.map((scalar) => `v: ${scalar}\n`)],
  ['phrase', phrases.map((phrase) => `v: ${phrase}\n`)],
  ['item of a list', scalars.map((scalar) => `v:\n- ${scalar}\n`)],
  ['key', keys.map((key) => `m:\n  ${key}: x\n`)],
  ['shape', shapes],
]

for (const [name, bodies] of table)
  test(`every ${name} of the table means the same to us and to kubectl`, async (t) => {
    const expected = await kubectlReads(bodies.map((body) => head + body).join('---\n'))
    if (expected.refused) return t.fail(expected.words)
    t.is(expected.objects.length, bodies.length)
    for (const [index, body] of bodies.entries())
      t.deepEqual(ours(head + body), [expected.objects[index]!], JSON.stringify(body).slice(0, 200))
  })

test('what kubectl refuses we refuse', async (t) => {
  t.plan(refused.length * 2)
  for (const body of refused) {
    t.is(ours(head + body), 'refused', `ours: ${JSON.stringify(body).slice(0, 200)}`)
    t.is(await theirs(head + body), 'refused', `kubectl: ${JSON.stringify(body).slice(0, 200)}`)
  }
})

test('what kubectl takes and we refuse is known, and why', async (t) => {
  for (const [body, why] of stricter) {
    t.is(ours(head + body), 'refused', why)
    t.not(await theirs(head + body), 'refused', why)
  }
})

test('what kubectl refuses and we take is known, and why', async (t) => {
  const streams = [...laxer.map(([body, why]) => [head + body, why] as const), ...laxerStreams]
  for (const [stream, why] of streams) {
    t.not(ours(stream), 'refused', why)
    t.is(await theirs(stream), 'refused', why)
  }
})

test('what kubectl reads otherwise is known, and why', async (t) => {
  for (const [stream, why] of different) {
    const expected = await theirs(stream)
    t.not(expected, 'refused', why)
    t.not(ours(stream), 'refused', why)
    t.notDeepEqual(ours(stream), expected, why)
  }
})

const named = (name: string, rest = ''): string =>
  `apiVersion: v1\nkind: Case\nmetadata: {name: ${name}}\n${rest}`
const streams: string[] = [
  `${named('a')}---\n${named('b')}`,
  `---\n${named('a')}---\n`,
  `${named('a')}---`,
  `---\n---\n---\n${named('a')}---\n---\n`,
  `--- # comment\n${named('a')}---   \n${named('b')}`,
  `---\n# only a comment\n---\n${named('a')}`,
  `---\nnull\n---\n~\n---\n${named('a')}`,
  `\n\n${named('a')}\n\n---\n\n\n${named('b')}`,
  `${named('a')}...\n---\n${named('b')}`,
  named('a').replaceAll('\n', '\r\n') + '---\r\n' + named('b').replaceAll('\n', '\r\n'),
  `\uFEFF${named('a')}`,
  `\uFEFF---\n${named('a')}`,
  `${named('a')}---\n\uFEFF${named('b')}`,
  `${named('a')}v: |\n  text without an end of line`,
  `${named('a')}v: |+\n  text\n\n---\n${named('b')}`,
  `${named('a')}v: |\n  ---\n  x\n`,
  `${named('a')}---\t# tab\n${named('b')}`,
  '{"apiVersion":"v1","kind":"Case","metadata":{"name":"a"}}',
  '\n {\n\t"apiVersion": "v1",\n\t"kind": "Case",\n\t"metadata": {"name": "a"},\n\t"v": "\\ud83d\\ude00"\n}\n',
  '{"apiVersion":"v1","kind":"Case","metadata":{"name":"a"}}\n---\n{"apiVersion":"v1","kind":"Case","metadata":{"name":"b"}}\n',
]

test('streams are cut into documents where kubectl cuts them', async (t) => {
  for (const stream of streams) t.deepEqual(ours(stream), await theirs(stream), JSON.stringify(stream))
})

test("a chart's output means the same to us and to kubectl", async (t) => {
  const stream = await readFile(path.join(import.meta.dirname, 'fixtures/helm-output.yaml'), 'utf8')
  const expected = await theirs(stream)
  t.is(expected.length, 4)
  t.deepEqual(ours(stream), expected)
})

test('what we write kubectl reads back as the same value', async (t) => {
  const objects: JsonObject[] = [
    ...strings.map((text): JsonObject => ({
      ...bare,
      v: text,
      list: [text, [text]],
      map: { [text]: { in: text } },
    })),
    ...values(400).map((value: Json): JsonObject => ({ ...bare, v: value })),
  ]
  const read = await kubectlReads(objects.map(writeYaml).join('---\n'))
  if (read.refused) return t.fail(read.words)
  t.is(read.objects.length, objects.length)
  for (const [index, object] of objects.entries())
    t.deepEqual(read.objects[index], object, writeYaml(object).slice(0, 400))
})
