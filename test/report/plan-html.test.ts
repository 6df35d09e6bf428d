import test from 'ava'
import type { JudgedChange, JudgedPlan } from '../../src/core/judged.ts'
import type { ObjectId } from '../../src/core/object.ts'
import { planHtml } from '../../src/report/html/plan.ts'

const hostile = `<script>alert("1")</script>'"&<img src=x onerror=alert(2)> </pre></details>\u001B[31m\u202Eevil`
const id = (kind: string, name: string): ObjectId => ({ group: '', kind, namespace: 'shop', name })
const change = (one: Partial<JudgedChange> & { id: ObjectId }): JudgedChange =>
  ({ release: 'web', because: 'changed', settled: [], comes: 'created', ...one }) as JudgedChange

const planWith = (changes: JudgedChange[], rest: Partial<JudgedPlan> = {}): JudgedPlan => ({
  set: 'shop-prod',
  bundle: { digest: 'sha256:1', version: '1.0.2', sequence: 2 },
  replaces: { digest: 'sha256:0', version: '1.0.1', sequence: 1, state: 'applied' },
  generation: 2,
  siteValues: [],
  namespaces: [],
  crds: [],
  waves: [
    [
      {
        name: 'web',
        mode: 'upgrade',
        changed: true,
        timeoutSeconds: 600,
        before: [{ do: 'hook', id: id('Job', 'migrate'), event: 'pre-upgrade', weight: -5, finished: false }],
        lines: [
          {
            name: 'all',
            afterWorkloads: false,
            actions: changes.map((one) => ({ do: 'apply', id: one.id, because: 'changed' })),
          },
        ],
        after: [],
      },
    ],
  ],
  prune: [[{ do: 'prune', id: id('ConfigMap', 'old'), uid: 'u' }]],
  kept: [{ do: 'keep', id: id('PersistentVolumeClaim', 'data'), because: 'it is kept' }],
  notes: [],
  cluster: { name: 'production', id: 'abc' },
  kubernetes: { bundle: '1.36', server: 'v1.36.3' },
  filling: null,
  changes,
  ...rest,
})

const owners = { before: ['kubectl-edit'], after: ['scout-apply:shop-prod'] }
const every: JudgedChange[] = [
  change({ id: id('ConfigMap', 'a') }),
  change({ id: id('ConfigMap', 'b'), comes: 'same' }),
  change({
    id: id('ConfigMap', 'c'),
    comes: 'changed',
    fields: [
      {
        pointer: '/data/a',
        name: 'data.a',
        owners,
        change: 'changed',
        before: { show: 'value', value: 'one' },
        after: { show: 'value', value: 'two' },
      },
      { pointer: '/data/s', name: 'data.s', owners, change: 'hidden', how: 'changed' },
    ],
  }),
  change({ id: id('Job', 'd'), comes: 'recreated', why: 'spec.template: field is immutable' }),
  change({ id: id('ConfigMap', 'e'), comes: 'conflict', conflicts: [{ manager: 'm', field: '.data.a' }] }),
  change({ id: id('ConfigMap', 'f'), comes: 'not checked', why: 'the kind is yet to come' }),
]

test('a page says first what is deleted, made anew, run, refused and not checked, and then every change', (t) => {
  const page = planHtml(planWith(every), 'sha256:plan')
  const at = (text: string): number => {
    const found = page.indexOf(text)
    if (found < 0) throw new Error(`not on the page: ${text}`)
    return found
  }
  const order = [
    'What it risks',
    'Deleted and made anew',
    'Hooks that run',
    'Not checked by the server',
    'Wave 1: web (upgrade)',
  ]
  t.deepEqual(
    order.map(at),
    order.map(at).toSorted((a, b) => a - b),
  )
  t.true(at('ConfigMap shop/old') < at('Wave 1'))
  for (const text of [
    'kubectl-edit → scout-apply:shop-prod',
    '- one',
    '+ two',
    'sha256:plan',
    'v1.36.3',
    'weight -5',
    '10 minutes',
    'it is kept',
  ])
    t.true(page.includes(text), text)
  t.regex(page.replaceAll(/\s+/g, ' '), /data\.s<\/code ?>.*: changed <em>\(not shown\)<\/em>/)
})

test('whatever a name, a value, a reason or a manager holds, a page has no tag of it and loads nothing', (t) => {
  const evil = id(hostile, hostile)
  const page = planHtml(
    planWith(
      [
        change({
          id: evil,
          comes: 'changed',
          settled: [{ manager: hostile, field: hostile, how: 'taken' }],
          fields: [
            {
              pointer: hostile,
              name: hostile,
              owners: { before: [hostile], after: [hostile] },
              change: 'added',
              after: { show: 'value', value: hostile },
            },
            {
              pointer: hostile,
              name: hostile,
              owners,
              change: 'text',
              edits: [{ edit: 'added', of: hostile }],
            },
          ],
        }),
        change({ id: id('Job', hostile), comes: 'recreated', why: hostile }),
        change({
          id: id('X', hostile),
          comes: 'conflict',
          conflicts: [{ manager: hostile, field: hostile }],
        }),
        change({ id: id('Y', hostile), comes: 'not checked', why: hostile }),
      ],
      {
        set: hostile,
        notes: [hostile],
        cluster: { name: hostile, id: hostile },
        kubernetes: { bundle: hostile, server: hostile },
        bundle: { digest: hostile, version: hostile, sequence: 1 },
        kept: [{ do: 'keep', id: evil, because: hostile }],
        prune: [[{ do: 'prune', id: evil, uid: 'u' }]],
        siteValues: [{ do: 'read', id: hostile, from: hostile }],
      },
    ),
    hostile,
  )
  const tags = new Set(Array.from(page.matchAll(/<\/?([a-z0-9]+)/gi), ([, tag]) => tag?.toLowerCase()))
  for (const tag of ['script', 'img', 'link', 'iframe', 'object', 'form', 'a']) t.false(tags.has(tag), tag)
  t.notRegex(page, /[\u001B\u202E]/)
  t.notRegex(page, /<[^>]*\son\w+\s*=/)
  t.notRegex(page, /(?:src|href)=["'h]|url\(|@import|https?:/)
  t.is(Array.from(page.matchAll(/<pre>/g)).length, Array.from(page.matchAll(/<\/pre>/g)).length)
  t.is(Array.from(page.matchAll(/<details[ >]/g)).length, Array.from(page.matchAll(/<\/details>/g)).length)
})

test('a page of 2,000 changes is made, and the same each time', (t) => {
  const many = Array.from({ length: 2000 }, (_, at) => change({ id: id('ConfigMap', `m${at}`) }))
  const page = planHtml(planWith(many), 'd')
  t.true(page.includes('ConfigMap shop/m1999'))
  t.is(page, planHtml(planWith(many), 'd'))
})
