import test from 'ava'
import type { Comparison, FieldChange, ObjectChange } from '../../../src/core/comparison.ts'
import { printJson } from '../../../src/core/json.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { nameOf } from '../../../src/core/object.ts'
import { compare } from '../../../src/staging/compare/compare.ts'
import { comparisonMarkdown } from '../../../src/report/comparison-markdown.ts'
import { printComparison } from '../../../src/report/comparison-text.ts'
import { golden } from '../../golden/golden.ts'

const valueOf = (before: { [path: string]: string }, after: { [path: string]: string }): Comparison => {
  const outcome = compare(new Map(Object.entries(before)), new Map(Object.entries(after)))
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value
}

const file = 'web/main/shop/x.yaml'

/** The changes of one object, told by what differs from a Deployment (JSON is YAML). */
const changesOf = (before: JsonObject, after: JsonObject): ObjectChange[] => {
  const base = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } }
  return valueOf(
    { [file]: printJson({ ...base, ...before }) },
    { [file]: printJson({ ...base, ...after }) },
  ).releases.flatMap(({ objects }) => objects)
}

const fieldsOf = (before: JsonObject, after: JsonObject): FieldChange[] =>
  changesOf(before, after).flatMap((change) => ('fields' in change ? change.fields : []))

/** Fields as short lines: `changed spec.replicas 1 3`. */
const inShort = (field: FieldChange): string => {
  const of = (side: 'before' | 'after'): string => {
    const shown = (field as { before?: unknown; after?: unknown })[side]
    const { show, value, bytes } = (shown ?? {}) as { show?: string; value?: unknown; bytes?: number }
    return show === 'value' ? ` ${printJson(value)}` : show === 'masked' ? ` (${bytes} bytes)` : ''
  }
  return `${field.change} ${field.name}${of('before')}${of('after')}`
}
const shortly = (before: JsonObject, after: JsonObject): string[] => fieldsOf(before, after).map(inShort)

const containers = (...list: JsonObject[]): JsonObject => ({
  spec: { template: { spec: { containers: list } } },
})
const env = (...names: string[]): JsonObject[] => names.map((name) => ({ name, value: name.toLowerCase() }))

const fieldCases: { title: string; before: JsonObject; after: JsonObject; finds: string[] }[] = [
  {
    title: 'a number that changed',
    before: { spec: { replicas: 1 } },
    after: { spec: { replicas: 3 } },
    finds: ['changed spec.replicas 1 3'],
  },
  {
    title: 'a number that became a string',
    before: { spec: { port: 80 } },
    after: { spec: { port: '80' } },
    finds: ['changed spec.port 80 "80"'],
  },
  {
    title: 'a field that became null',
    before: { spec: { a: {} } },
    after: { spec: { a: null } },
    finds: ['changed spec.a {} null'],
  },
  {
    title: 'the last digit of 2^63−1',
    before: { spec: { maximum: 9223372036854775807n } },
    after: { spec: { maximum: 9223372036854775806n } },
    finds: ['changed spec.maximum 9223372036854775807 9223372036854775806'],
  },
  {
    title: 'a map that is new is told as one',
    before: { spec: {} },
    after: { spec: { strategy: { type: 'Recreate' } } },
    finds: ['added spec.strategy {"type":"Recreate"}'],
  },
  {
    title: 'a variable put in before others',
    before: containers({ name: 'web', env: env('A', 'B', 'C') }),
    after: containers({ name: 'web', env: env('NEW', 'A', 'B', 'C') }),
    finds: ['added spec.template.spec.containers[web].env[NEW] {"name":"NEW","value":"new"}'],
  },
  {
    title: 'variables whose order changed, which matters to $(NAME)',
    before: containers({ name: 'web', env: env('A', 'B') }),
    after: containers({ name: 'web', env: env('B', 'A') }),
    finds: ['reordered spec.template.spec.containers[web].env'],
  },
  {
    title: 'a container put in first and an image of the other',
    before: containers({ name: 'web', image: 'web:1' }),
    after: containers({ name: 'proxy', image: 'proxy:1' }, { name: 'web', image: 'web:2' }),
    finds: [
      'added spec.template.spec.containers[proxy] {"name":"proxy","image":"proxy:1"}',
      'changed spec.template.spec.containers[web].image "web:1" "web:2"',
    ],
  },
  {
    title: 'one port number in two protocols',
    before: containers({
      name: 'dns',
      ports: [
        { containerPort: 53, protocol: 'UDP' },
        { containerPort: 53, protocol: 'TCP', hostPort: 1 },
      ],
    }),
    after: containers({
      name: 'dns',
      ports: [
        { containerPort: 53, protocol: 'UDP' },
        { containerPort: 53, protocol: 'TCP', hostPort: 2 },
      ],
    }),
    finds: ['changed spec.template.spec.containers[dns].ports[53/TCP].hostPort 1 2'],
  },
  {
    title: 'mounts, which are known by their path',
    before: containers({
      name: 'web',
      volumeMounts: [
        { name: 'a', mountPath: '/a' },
        { name: 'a', mountPath: '/b' },
      ],
    }),
    after: containers({ name: 'web', volumeMounts: [{ name: 'a', mountPath: '/b', readOnly: true }] }),
    finds: [
      'removed spec.template.spec.containers[web].volumeMounts[/a] {"name":"a","mountPath":"/a"}',
      'added spec.template.spec.containers[web].volumeMounts[/b].readOnly true',
    ],
  },
  {
    title: 'two items of one name, matched by index',
    before: {
      spec: {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
    },
    after: {
      spec: {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '3' },
        ],
      },
    },
    finds: ['changed spec.env[1].value "2" "3"'],
  },
  {
    title: 'items without a key, matched by index',
    before: { rules: [{ verbs: ['get'] }] },
    after: { rules: [{ verbs: ['get'] }, { verbs: ['list'] }] },
    finds: ['added rules[1] {"verbs":["list"]}'],
  },
  {
    title: 'keys that need quotes, and one named __proto__',
    before: { metadata: { name: 'web', namespace: 'shop', annotations: { 'a.b/c': '1' } } },
    after: JSON.parse(
      '{"metadata":{"name":"web","namespace":"shop","annotations":{"a.b/c":"2","__proto__":"x"}}}',
    ) as JsonObject,
    finds: ['added metadata.annotations.__proto__ "x"', 'changed metadata.annotations["a.b/c"] "1" "2"'],
  },
  {
    title: 'a list that became a map',
    before: { spec: { a: [1] } },
    after: { spec: { a: { b: 1 } } },
    finds: ['changed spec.a [1] {"b":1}'],
  },
  {
    title: 'another API version of the same kind',
    before: { apiVersion: 'apps/v1' },
    after: { apiVersion: 'apps/v2' },
    finds: ['changed apiVersion "apps/v1" "apps/v2"'],
  },
]
for (const { title, before, after, finds } of fieldCases)
  test(`fields: ${title}`, (t) => {
    t.deepEqual(shortly(before, after), finds)
  })

test('a pointer is that of the object after, or of the one before where the field is gone', (t) => {
  const found = fieldsOf(
    containers({ name: 'gone' }, { name: 'web', image: 'a' }),
    containers({ name: 'web', image: 'b' }),
  )
  t.deepEqual(
    found.map(({ pointer }) => pointer),
    ['/spec/template/spec/containers/0', '/spec/template/spec/containers/0/image'],
  )
  const [slash] = fieldsOf({ spec: { 'a/b~c': 1 } }, { spec: { 'a/b~c': 2 } })
  t.is(slash?.pointer, '/spec/a~1b~0c')
})

test('a list of scalars is told item by item, so that an inserted argument is one line', (t) => {
  const [field] = fieldsOf(
    containers({ name: 'web', args: ['a', 'b', 'c'] }),
    containers({ name: 'web', args: ['a', 'new', 'b', 'c'] }),
  )
  t.deepEqual(field?.change === 'items' && field.edits, [
    { edit: 'same', of: 'a' },
    { edit: 'added', of: 'new' },
    { edit: 'same', of: 'b' },
    { edit: 'same', of: 'c' },
  ])
})

test('a text of several lines is told line by line, with three lines around', (t) => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}\n`)
  const [field] = fieldsOf(
    { data: { conf: lines.join('') } },
    { data: { conf: lines.with(10, 'other\n').join('') } },
  )
  t.deepEqual(field?.change === 'text' && field.edits, [
    { edit: 'skipped', count: 7 },
    ...[7, 8, 9].map((index) => ({ edit: 'same' as const, of: `line ${index}\n` })),
    { edit: 'removed', of: 'line 10\n' },
    { edit: 'added', of: 'other\n' },
    ...[11, 12, 13].map((index) => ({ edit: 'same' as const, of: `line ${index}\n` })),
    { edit: 'skipped', count: 6 },
  ])
})

test('a text that loses its last line break shows as a changed line', (t) => {
  const [field] = fieldsOf({ data: { conf: 'a\nb\n' } }, { data: { conf: 'a\nb' } })
  t.deepEqual(field?.change === 'text' && field.edits, [
    { edit: 'same', of: 'a\n' },
    { edit: 'removed', of: 'b\n' },
    { edit: 'added', of: 'b' },
  ])
})

test('a text of 100,000 lines that is new in every line is told as replaced rather than searched for hours', (t) => {
  const text = (word: string): string =>
    Array.from({ length: 100_000 }, (_, index) => `${word} ${index}\n`).join('')
  const [field] = fieldsOf({ data: { conf: text('old') } }, { data: { conf: text('new') } })
  t.is(field?.change === 'text' && field.edits.length, 200_000)
})

const secret = 'hunter2-correct-horse'
const base64 = Buffer.from(secret).toString('base64')
const other = Buffer.from('another').toString('base64')
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
const meta = (annotations: JsonObject): JsonObject => ({
  metadata: { name: 'web', namespace: 'shop', annotations },
})

const secretCases: { title: string; before: JsonObject; after: JsonObject; finds: string[] }[] = [
  {
    title: 'a value that changed',
    before: { data: { a: base64 } },
    after: { data: { a: other } },
    finds: ['changed data.a (21 bytes) (7 bytes)'],
  },
  {
    title: 'stringData that is new as a whole',
    before: {},
    after: { stringData: { a: secret, b: '' } },
    finds: ['added stringData.a (21 bytes)', 'added stringData.b (0 bytes)'],
  },
  {
    title: 'data that is gone as a whole',
    before: { data: { a: base64 } },
    after: {},
    finds: ['removed data.a (21 bytes)'],
  },
  {
    title: 'data in place of null',
    before: { data: null },
    after: { data: { a: base64 } },
    finds: ['added data.a (21 bytes)'],
  },
  {
    title: 'a text of several lines',
    before: { stringData: { a: `x\n${secret}\n` } },
    after: { stringData: { a: `y\n${secret}\n` } },
    finds: ['changed stringData.a (24 bytes) (24 bytes)'],
  },
  {
    title: 'data of a wrong type',
    before: { data: [base64] },
    after: { data: secret },
    finds: ['changed data (32 bytes) (21 bytes)'],
  },
  {
    title: 'a value of a wrong type',
    before: { data: { a: { b: secret } } },
    after: { data: { a: [secret] } },
    finds: ['changed data.a (29 bytes) (25 bytes)'],
  },
  {
    title: 'a value of a wrong type that stays',
    before: { data: { a: [secret] }, type: 'a' },
    after: { data: { a: [secret] }, type: 'b' },
    finds: ['changed type "a" "b"'],
  },
  {
    title: 'a value that is no base64',
    before: { data: { a: secret } },
    after: { data: { a: 'é' } },
    finds: ['changed data.a (21 bytes) (2 bytes)'],
  },
  {
    title: "kubectl's copy of the object, in annotations that are new",
    before: { metadata: { name: 'web', namespace: 'shop' } },
    after: meta({ [lastApplied]: secret, a: 'b' }),
    finds: ['added metadata.annotations.a "b"', `added metadata.annotations["${lastApplied}"] (21 bytes)`],
  },
  {
    title: 'a Secret of a group that has none',
    before: { apiVersion: 'x/v1', data: { a: base64 } },
    after: { apiVersion: 'x/v1', data: { a: other } },
    finds: ['changed data.a (21 bytes) (7 bytes)'],
  },
]
for (const { title, before, after, finds } of secretCases)
  test(`secrets stay masked: ${title}`, (t) => {
    const base = { apiVersion: 'v1', kind: 'Secret' }
    const pairs = [
      [
        { ...base, ...before },
        { ...base, ...after },
      ],
      [
        { ...base, ...after },
        { ...base, ...before },
      ],
    ] as const
    t.deepEqual(shortly(...pairs[0]), finds)
    for (const [left, right] of pairs) {
      const changes = changesOf(left, right)
      const words = [
        printJson(changes),
        printComparison(
          { unchanged: 0, releases: [{ release: 'web', change: 'changed', objects: changes }] },
          { title: 'x', colour: false, verbose: true },
        ),
      ].join()
      t.false(words.includes(secret) || words.includes(base64))
    }
  })

test('a created or removed Secret shows nothing of its data', (t) => {
  const text = printJson({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'a' },
    data: { a: base64 },
    immutable: true,
  })
  for (const comparison of [valueOf({}, { [file]: text }), valueOf({ [file]: text }, {})])
    t.false(printJson(comparison).includes(base64))
})

const object = (kind: string, name: string, spec: JsonObject = {}): string =>
  printJson({ apiVersion: 'v1', kind, metadata: { name, namespace: 'shop' }, spec })

test('an object that moves to another release, phase or file is moved and not deleted', (t) => {
  const { releases } = valueOf(
    {
      'old/main/shop/a.yaml': object('ConfigMap', 'a', { x: 1 }),
      'old/main/shop/b.yaml': object('Job', 'b'),
    },
    {
      'new/main/shop/a.yaml': object('ConfigMap', 'a', { x: 2 }),
      'old/hooks/shop/b.yaml': object('Job', 'b'),
    },
  )
  t.deepEqual(
    releases.map(({ release, change, objects }) => [
      release,
      change,
      objects.map((one) => `${one.change} ${nameOf(one.id)}`),
    ]),
    [
      ['new', 'created', ['moved ConfigMap shop/a']],
      ['old', 'changed', ['moved Job shop/b']],
    ],
  )
  const [moved] = releases[0]?.objects ?? []
  t.deepEqual(
    moved?.change === 'moved' && [moved.before.release, moved.after.release, moved.fields.map(inShort)],
    ['old', 'new', ['changed spec.x 1 2']],
  )
})

test('an object in two API versions is one object, and one of another namespace or kind is another', (t) => {
  const of = (apiVersion: string, kind: string, namespace: string): string =>
    printJson({ apiVersion, kind, metadata: { name: 'a', namespace } })
  const { releases } = valueOf(
    {
      'web/main/x/1.yaml': of('networking.k8s.io/v1beta1', 'Ingress', 'x'),
      'web/main/x/2.yaml': of('v1', 'Service', 'x'),
    },
    {
      'web/main/x/1.yaml': of('networking.k8s.io/v1', 'Ingress', 'x'),
      'web/main/y/2.yaml': of('v1', 'Service', 'y'),
    },
  )
  t.deepEqual(
    releases[0]?.objects.map((one) => `${one.change} ${nameOf(one.id)}`),
    ['removed Service x/a', 'created Service y/a', 'changed Ingress x/a'],
  )
})

test('an object that is both a hook before an install and after a delete is compared with itself in each phase', (t) => {
  const [hooks, deleteHooks] = ['web/hooks/shop/j.yaml', 'web/delete-hooks/shop/j.yaml']
  const { releases } = valueOf(
    { [hooks]: object('Job', 'j', { x: 1 }), [deleteHooks]: object('Job', 'j', { x: 1 }) },
    { [hooks]: object('Job', 'j', { x: 2 }), [deleteHooks]: object('Job', 'j', { x: 2 }) },
  )
  t.deepEqual(
    releases[0]?.objects.map((one) => one.change),
    ['changed', 'changed'],
  )
})

test('releases are created, removed or changed, and those without a change are not told', (t) => {
  const { releases, unchanged } = valueOf(
    {
      'a/main/s/x.yaml': object('A', 'x'),
      'b/main/s/x.yaml': object('B', 'x'),
      'c/main/s/x.yaml': object('C', 'x'),
    },
    {
      'b/main/s/x.yaml': object('B', 'x', { y: 1 }),
      'c/main/s/x.yaml': object('C', 'x'),
      'd/main/s/x.yaml': object('D', 'x'),
    },
  )
  t.deepEqual(
    releases.map(({ release, change }) => [release, change]),
    [
      ['a', 'removed'],
      ['b', 'changed'],
      ['d', 'created'],
    ],
  )
  t.is(unchanged, 1)
})

test('the same object in another order of keys or with a comment is no change', (t) => {
  const { releases } = valueOf(
    { [file]: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "1", b: "2"}\n' },
    { [file]: '# new\nkind: ConfigMap\napiVersion: v1\ndata:\n  b: "2"\n  a: "1"\nmetadata:\n  name: a\n' },
  )
  t.deepEqual(releases, [])
})

test('every file that cannot be read is told, of both sides, and nothing is compared', (t) => {
  const outcome = compare(
    new Map([['a/main/s/x.yaml', 'a: [']]),
    new Map([
      ['a/main/s/y.yaml', '}'],
      ['b/main/s/z.yaml', 'kind: NoName\n'],
    ]),
  )
  t.true(!outcome.ok && outcome.problems.length >= 3)
})

test('files that scout does not render are not compared, and that is told', (t) => {
  const outcome = compare(
    new Map(),
    new Map(
      ['README.md', 'web/x.yaml', 'web/other/shop/x.yaml', 'web/main/shop/x.txt', 'web/main/a/b/c.yaml'].map(
        (path) => [path, 'x: ['],
      ),
    ),
  )
  t.deepEqual(outcome.ok && outcome.value, { releases: [], unchanged: 0 })
  t.deepEqual(
    outcome.ok && outcome.warnings.map(({ code }) => code),
    Array.from({ length: 5 }, () => 'compare/stray-file'),
  )
})

test('10,000 objects of which all changed are compared', (t) => {
  const side = (replicas: number): { [path: string]: string } =>
    Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [
        `r${index % 50}/main/shop/d${index}.yaml`,
        object('Deployment', `d${index}`, {
          replicas,
          template: containers({ name: 'web', env: env('A', 'B', 'C') }),
        }),
      ]),
    )
  const { releases } = valueOf(side(1), side(2))
  t.is(releases.flatMap(({ objects }) => objects).length, 10_000)
})

const sample = {
  before: {
    'db/main/shop/StatefulSet.apps_db.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  replicas: 3
  template: {spec: {containers: [{name: db, image: harbor.example/hub/library/postgres:16.1}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 10Gi}}}}]
`,
    'db/main/shop/PersistentVolumeClaim_backup.yaml':
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: backup, namespace: shop}\n',
    'web/main/shop/ConfigMap_web.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
data:
  nginx.conf: |
    server {
      listen 80;
      server_name shop.example;
    }
`,
    'web/main/shop/Secret_web.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: web, namespace: shop}\ndata: {token: c2VjcmV0}\n',
  },
  after: {
    'db/main/shop/StatefulSet.apps_db.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  replicas: 0
  template: {spec: {hostNetwork: true, containers: [{name: db, image: harbor.example/hub/library/postgres:16.2}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 20Gi}}}}]
`,
    'web/main/shop/ConfigMap_web.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
data:
  nginx.conf: |
    server {
      listen 8080;
      server_name shop.example;
    }
`,
    'web/main/shop/Secret_web.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata: {name: web, namespace: shop}\ndata: {token: bmV3IHNlY3JldA==}\n',
    'web/main/_cluster/ClusterRole.rbac.authorization.k8s.io_web.yaml':
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: web}\nrules: [{apiGroups: ["*"], resources: [secrets], verbs: ["*"]}]\n',
  },
}

test('from files to the words that a reviewer reads', (t) => {
  const comparison = valueOf(sample.before, sample.after)
  const title = 'production against origin/main'
  golden(t, 'compare/review.txt', printComparison(comparison, { title, colour: false, verbose: false }))
  golden(t, 'compare/review.md', comparisonMarkdown(comparison, { title }))
})
