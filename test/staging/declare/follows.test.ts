import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { isObject } from '../../../src/core/json.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import { readDeclared } from '../../../src/core/yaml/declared.ts'
import { follows } from '../../../src/staging/declare/follows.ts'
import type { SchemaName } from '../../../src/staging/declare/schema-files.ts'
import { errorsOf } from '../../../src/staging/declare/schemas.ts'
import { openFiles } from '../../../src/system/files.ts'

const root = join(import.meta.dirname, '../../..')
const files = openFiles(root)

const nameOf = (path: string): SchemaName | undefined =>
  path === 'releases/site.yaml'
    ? 'site'
    : path === 'releases/lock.yaml'
      ? 'lock'
      : /^releases\/[^/]+\/release\.yaml$/.test(path)
        ? 'release'
        : undefined

/** What the sample site declares, by file. */
const declared = async (): Promise<[SchemaName, JsonObject][]> => {
  const paths = await files.list('releases')
  return Promise.all(
    paths.flatMap((path) => {
      const name = nameOf(path)
      if (name === undefined) return []
      return [
        (async (): Promise<[SchemaName, JsonObject]> => [
          name,
          readDeclared(path, await readFile(join(root, path))).declared?.value ?? {},
        ])(),
      ]
    }),
  )
}

/** Values of every type, at the edges of what schemas allow, and keys that no schema knows. */
const others: Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  3600,
  9223372036854775807n,
  '',
  'x',
  'X y',
  '1.36',
  '1.36.0',
  'x'.repeat(300),
  [],
  ['x'],
  ['x', 'x'],
  {},
  { x: 'x' },
  { name: 'x' },
  { path: 'chart' },
  { url: 'oci://x/y', version: '1.0.0' },
]

/** The value with each of its parts replaced, taken away or joined by a key, one at a time. */
const variants = (value: Json): Json[] => {
  if (Array.isArray(value))
    return [
      ...others,
      ...value.flatMap((item, index) => variants(item).map((one) => value.with(index, one))),
      [...value, ...value],
    ]
  if (!isObject(value)) return others
  return [
    ...others,
    ...Object.keys(value).flatMap((key) => {
      const { [key]: inner, ...rest } = value
      return [rest, ...variants(inner ?? null).map((one) => ({ ...rest, [key]: one }))]
    }),
    { ...value, unknown: 'x' },
    Object.assign(JSON.parse('{"__proto__": {"x": 1}}') as JsonObject, value),
  ]
}

test('all that the sample site declares is seen to follow its schema without ajv', async (t) => {
  for (const [name, value] of await declared()) {
    t.deepEqual(errorsOf(name, value), [])
    t.true(follows(name, value), name)
  }
})

test('what is said to follow its schema does so by ajv, whatever is changed in it', async (t) => {
  let [followed, refused] = [0, 0]
  for (const [name, value] of await declared())
    for (const variant of variants(value))
      if (follows(name, variant)) {
        followed += 1
        t.deepEqual(
          errorsOf(name, variant),
          [],
          JSON.stringify(variant, (_, one) => (typeof one === 'bigint' ? String(one) : one)),
        )
      } else refused += 1
  t.true(followed > 100, `${followed} followed`)
  t.true(refused > 1000, `${refused} did not`)
})
