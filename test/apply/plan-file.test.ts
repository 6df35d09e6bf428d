import test from 'ava'
import { readApproved } from '../../src/control-plane/plan/approve.ts'
import { planDocument } from '../../src/core/plan-document.ts'
import type { JudgedPlan } from '../../src/core/judged.ts'

const plan: JudgedPlan = {
  set: 'shop-prod',
  bundle: { digest: 'sha256:1', version: '1', sequence: 1 },
  replaces: null,
  generation: 1,
  siteValues: [],
  namespaces: [],
  crds: [],
  waves: [],
  prune: [],
  kept: [],
  notes: [],
  cluster: { name: 'production', id: null },
  kubernetes: { bundle: '1.36', server: 'v1.36.3' },
  filling: null,
  changes: [],
}
const text = JSON.stringify(planDocument(plan))
const deep = '['.repeat(100_000)

test('a saved plan is read as it was saved, whatever the white space and the order of its keys', (t) => {
  const document = planDocument(plan)
  const turned = Object.fromEntries(Object.entries(document).reverse())
  for (const written of [text, JSON.stringify(turned, null, 7)]) {
    const read = readApproved(Buffer.from(written), 'p.json')
    t.true(read.ok)
    if (read.ok) t.deepEqual({ ...read.value.document }, document)
  }
})

const hostile: [what: string, bytes: string | Buffer, code: string, words: RegExp][] = [
  ['nothing', '', 'plan/broken-plan-file', /it is not JSON/],
  ['half of one', text.slice(0, text.length / 2), 'plan/broken-plan-file', /it is not JSON/],
  ['text', 'shop-prod: bundle 1', 'plan/broken-plan-file', /it is not JSON/],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'plan/broken-plan-file', /it is not JSON/],
  ['a list', '[]', 'plan/broken-plan-file', /no digest/],
  ['null', 'null', 'plan/broken-plan-file', /no digest/],
  ['a map without a digest', '{"format":1}', 'plan/broken-plan-file', /no digest/],
  ['a digest that is a map', '{"format":1,"digest":{}}', 'plan/broken-plan-file', /no digest/],
  [
    'a later format',
    text.replace('"format":1', '"format":2'),
    'plan/broken-plan-file',
    /its format is not 1/,
  ],
  ['no format', '{"digest":"sha256:1"}', 'plan/broken-plan-file', /its format is not 1/],
  [
    'a key that stands twice',
    text.replace('"set":', '"set":"evil","set":'),
    'plan/broken-plan-file',
    /a key twice, on line 1/,
  ],
  ['a map that is nested 100,000 deep', `${deep}${']'.repeat(100_000)}`, 'plan/broken-plan-file', /too deep/],
  ['another set', text.replace('shop-prod', 'shop-test'), 'plan/edited-plan-file', /is not as it was saved/],
  [
    'a change less',
    text.replace('"prune":[]', '"prune":[[]]'),
    'plan/edited-plan-file',
    /is not as it was saved/,
  ],
  [
    'a key more',
    text.replace('{', '{"__proto__":{"set":"x"},'),
    'plan/edited-plan-file',
    /not as it was saved/,
  ],
  [
    'another digest',
    text.replace(/"digest":"sha256:[0-9a-f]{64}"/, '"digest":"sha256:0"'),
    'plan/edited-plan-file',
    /not as it was saved/,
  ],
]
for (const [what, bytes, code, words] of hostile)
  test(`a plan file with ${what} is refused`, (t) => {
    const read = readApproved(Buffer.from(bytes), 'p.json')
    t.like(read, { ok: false, problems: [{ code }] })
    t.regex(read.ok ? '' : read.problems[0].what, words)
  })
