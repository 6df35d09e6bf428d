import type { Comparison, FieldChange, ObjectChange, Place, Risk } from '../../src/core/comparison.ts'
import type { Json } from '../../src/core/json.ts'
import type { ObjectId } from '../../src/core/object.ts'

const place = (release: string): Place => ({ release, phase: 'main', file: `${release}/main/shop/x.yaml` })
const id = (kind: string, name: string, namespace = 'shop', group = ''): ObjectId => ({
  group,
  kind,
  namespace,
  name,
})
const value = (json: Json): { show: 'value'; value: Json } => ({ show: 'value', value: json })
const at = (name: string): { pointer: string; name: string } => ({
  pointer: `/${name.replaceAll('.', '/')}`,
  name,
})

export const imageRisk = (what: string): Risk => ({
  id: 'changes-image',
  title: 'Runs another image',
  level: 'notice',
  why: 'Other code runs.',
  what,
})

const dataRisk: Risk = {
  id: 'removes-data',
  title: 'Removes an object that holds data',
  level: 'danger',
  why: 'Deleting it cannot be undone by applying it again.',
  what: 'would take with it its volume, if the reclaim policy is Delete',
}

const everyDifference: FieldChange[] = [
  { ...at('spec.replicas'), change: 'changed', before: value(1), after: value(3) },
  {
    ...at('spec.template.spec.containers[web].image'),
    change: 'changed',
    before: value('harbor.example/hub/library/web:1.0.0'),
    after: value('harbor.example/hub/library/web:1.1.0@sha256:0123456789abcdef'),
  },
  { ...at('spec.paused'), change: 'added', after: value('true') },
  { ...at('spec.limit'), change: 'removed', before: value(9223372036854775807n) },
  {
    ...at('spec.template.spec.containers[web].env[LOG]'),
    change: 'added',
    after: value({ name: 'LOG', value: 'debug' }),
  },
  {
    ...at('spec.template.spec.containers[web].args'),
    change: 'items',
    edits: [
      { edit: 'skipped', count: 4 },
      { edit: 'same', of: '--port=80' },
      { edit: 'removed', of: '--quiet' },
      { edit: 'added', of: '--level=debug' },
      { edit: 'added', of: '' },
      { edit: 'same', of: 7 },
    ],
  },
  {
    ...at('data["app.conf"]'),
    change: 'text',
    edits: [
      { edit: 'skipped', count: 1200 },
      { edit: 'same', of: '[server]\n' },
      { edit: 'removed', of: 'port = 80\r\n' },
      { edit: 'added', of: '\tport = 8080\n' },
      { edit: 'same', of: '\n' },
      { edit: 'added', of: 'last' },
    ],
  },
  {
    ...at('spec.template.spec.containers'),
    change: 'reordered',
    before: ['web', 'proxy'],
    after: ['proxy', 'web'],
  },
]

/** Every kind of change once. */
export const everyChange: Comparison = {
  unchanged: 1234,
  releases: [
    {
      release: 'db',
      change: 'removed',
      objects: [
        { id: id('PersistentVolumeClaim', 'db'), risks: [dataRisk], change: 'removed', before: place('db') },
        { id: id('Namespace', 'old', ''), risks: [], change: 'removed', before: place('db') },
      ],
    },
    {
      release: 'empty',
      change: 'created',
      objects: [],
    },
    {
      release: 'web',
      change: 'changed',
      objects: [
        { id: id('ConfigMap', 'web'), risks: [], change: 'created', after: place('web') },
        {
          id: id('Secret', 'web'),
          risks: [],
          change: 'changed',
          before: place('web'),
          after: place('web'),
          fields: [
            {
              ...at('data.password'),
              change: 'changed',
              before: { show: 'masked', bytes: 12 },
              after: { show: 'masked', bytes: 16 },
            },
            {
              ...at('data.same-size'),
              change: 'changed',
              before: { show: 'masked', bytes: 1 },
              after: { show: 'masked', bytes: 1 },
            },
            { ...at('data.new'), change: 'added', after: { show: 'masked', bytes: 2048 } },
            { ...at('data.old'), change: 'removed', before: { show: 'masked', bytes: 0 } },
          ],
        },
        {
          id: id('Deployment', 'web', 'shop', 'apps'),
          risks: [imageRisk('web:1.0.0 → web:1.1.0')],
          change: 'changed',
          before: place('web'),
          after: place('web'),
          fields: everyDifference,
        },
        {
          id: id('Ingress', 'web', 'shop', 'networking.k8s.io'),
          risks: [],
          change: 'moved',
          before: place('edge'),
          after: place('web'),
          fields: [],
        },
      ],
    },
  ],
}

/** What people and charts could write to break out of a report. */
export const hostileTexts = [
  '<script>alert(1)</script>',
  '</code></summary></details><img src=x onerror=alert(1)>',
  '```\n</details>\n# not ours\n```',
  '`` ` ``',
  'a | b \\| c',
  '| --- | --- |',
  'line\nbreak\r\n- fake item',
  '\u001B[2J\u001B[31mred\u001B]0;title\u0007',
  '@all #1 !2 ~bug %1 [link](javascript:alert(1)) ![x](https://evil.example/x.png)',
  'admin\u202Egnp.exe\u2066',
  'zero\u200Bwidth\uFEFF\u0085\u009B31m',
  '\uD800 lone',
  'x'.repeat(300),
  'y`'.repeat(5000),
  '{{ template }} $(touch x) ${x}',
  '__proto__',
]

/** Names and values of a comparison, hostile wherever a text can stand. */
export const hostile: Comparison = {
  unchanged: 0,
  releases: hostileTexts.map((text) => ({
    release: text,
    change: 'changed',
    objects: [
      {
        id: { group: text, kind: text, namespace: text, name: text },
        risks: [imageRisk(text)],
        change: 'moved',
        before: { release: text, phase: 'main', file: text },
        after: { release: text, phase: 'hooks', file: text },
        fields: [
          {
            pointer: text,
            name: text,
            change: 'changed',
            before: value(text),
            after: value([text, { [text]: text }]),
          },
          {
            pointer: text,
            name: text,
            change: 'text',
            edits: [
              { edit: 'removed', of: `${text}\n` },
              { edit: 'added', of: text },
            ],
          },
          {
            pointer: text,
            name: text,
            change: 'items',
            edits: [
              { edit: 'same', of: text },
              { edit: 'added', of: text },
            ],
          },
          { pointer: text, name: text, change: 'reordered', before: [text], after: [text] },
          { pointer: text, name: text, change: 'added', after: value(text) },
        ],
      },
    ],
  })),
}

/** Many releases with many changed objects, more than any note holds. */
export const manyChanges = (releases: number, objects: number): Comparison => ({
  unchanged: 0,
  releases: Array.from({ length: releases }, (_, release) => ({
    release: `release-${String(release).padStart(4, '0')}`,
    change: 'changed' as const,
    objects: Array.from({ length: objects }, (_, index): ObjectChange => ({
      id: id('Deployment', `web-${index}`, 'shop', 'apps'),
      risks: [imageRisk(`web:${index} → web:${index + 1}`)],
      change: 'changed',
      before: place('web'),
      after: place('web'),
      fields: [{ ...at('spec.replicas'), change: 'changed', before: value(index), after: value(index + 1) }],
    })),
  })),
})
