import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import { placeholderOf } from '../../../src/core/site-values/placeholder.ts'
import type { Tokens } from '../../../src/core/site-values/token.ts'
import { releaseOf } from '../resolve/small-site.ts'
import { renderAt } from './render-at.ts'
import type { Rendered } from './render-at.ts'

const tokens: Tokens = {
  a: { id: 'plain/a', part: 'value' },
  'other/b.key': { id: 'other/b', part: 'key' },
}
const a = placeholderOf('plain/a', 'value')
const key = placeholderOf('other/b', 'key')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const rendered = async (text: string): Promise<Rendered> => {
  const root = await mkdtemp(join(tmpdir(), 'tokens-'))
  try {
    const file = 'releases/plain/all.yaml'
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
    return await renderAt(root, [
      { ...releaseOf('plain', { source: { kind: 'manifests', paths: [file] } }), tokens },
    ])
  } finally {
    await rm(root, { recursive: true })
  }
}

const head = (kind: string): string => `apiVersion: v1\nkind: ${kind}\nmetadata: { name: x }\n`

const taken: [title: string, text: string, fields: object][] = [
  [
    'in clear and inside of text',
    `${head('Secret')}stringData: { a: $(site:a), b: "user:$(site:other/b.key)@host" }\n`,
    { stringData: { a, b: `user:${key}@host` } },
  ],
  [
    'where base64 belongs, beside what is base64 already',
    `${head('Secret')}data:\n  a: $(site:a)\n  b: |\n    $(site:a)\n  c: aGk=\n  __proto__: $(site:a)\n`,
    { data: JSON.parse(`{"a":"${base64(a)}","b":"${base64(a)}","c":"aGk=","__proto__":"${base64(a)}"}`) },
  ],
  [
    'in both fields of a ConfigMap',
    `${head('ConfigMap')}data: { a: $(site:a) }\nbinaryData: { b: $(site:a) }\n`,
    { data: { a }, binaryData: { b: base64(a) } },
  ],
]
for (const [title, text, fields] of taken)
  test(`plain manifests name site values: ${title}`, async (t) => {
    const outcome = await rendered(text)
    t.true(outcome.ok)
    const object = outcome.ok ? outcome.value.releases[0]!.objects[0]!.object : undefined
    for (const [field, value] of Object.entries(fields)) t.deepEqual(object?.[field], value, field)
  })

test('a token beside something else where base64 belongs is refused, with its file and line', async (t) => {
  const outcome = await rendered(`---\n${head('Secret')}data: { a: "YWRtaW46$(site:a)" }\n`)
  t.deepEqual(outcome.ok ? [] : outcome.problems.map(({ code, where }) => [code, where]), [
    ['render/mixed-data', [{ in: 'file', file: 'releases/plain/all.yaml', line: 2 }]],
  ])
})
