import test from 'ava'
import type { JsonObject } from '../../../src/core/json.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import { settledFields } from '../../../src/core/ownership/settle.ts'
import type { Settling } from '../../../src/core/ownership/settle.ts'

const us = 'scout-apply:shop'
const lastApplied = 'f:kubectl.kubernetes.io/last-applied-configuration'
const entry = (
  manager: string,
  operation: string,
  fieldsV1: JsonObject,
  more: JsonObject = {},
): JsonObject => ({
  manager,
  operation,
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  time: '2026-01-01T00:00:00Z',
  fieldsV1,
  ...more,
})
const live = (...managedFields: JsonObject[]): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', managedFields },
    spec: { replicas: 3 },
  }) as unknown as KubeObject
const usual: Settling = {
  manager: us,
  apiVersion: 'apps/v1',
  isServed: (version) => version !== 'apps/v1beta1',
  giveUp: [],
  take: true,
}
const told = (entries: JsonObject[] | undefined) =>
  entries?.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1])
const a = { 'f:data': { 'f:a': {} } }
const b = { 'f:data': { 'f:b': {} } }
const both = { 'f:data': { 'f:a': {}, 'f:b': {} } }
const annotated = { 'f:metadata': { 'f:annotations': { [lastApplied]: {} } } }

for (const [title, before, after] of [
  ['nobody has an entry', [], undefined],
  ['all is ours already', [entry(us, 'Apply', a)], undefined],
  ['somebody else updated', [entry('tuner', 'Update', a)], undefined],
  ['somebody else applied', [entry('kubectl', 'Apply', a)], undefined],
  ['a controller wrote the status', [entry('helm', 'Update', a, { subresource: 'status' })], undefined],
  ['Helm 3 updated', [entry('helm', 'Update', a)], [[us, 'Apply', a]]],
  ['Helm 4 applied', [entry('helm', 'Apply', a)], [[us, 'Apply', a]]],
  ['kubectl applied as a client', [entry('kubectl-client-side-apply', 'Update', a)], [[us, 'Apply', a]]],
  ['a tool keeps what was applied last', [entry('tool', 'Update', annotated)], [[us, 'Apply', annotated]]],
  ['a person edited what was applied last', [entry('kubectl-edit', 'Update', annotated)], undefined],
  ['we updated', [entry(us, 'Apply', a), entry(us, 'Update', b)], [[us, 'Apply', both]]],
  ['Helm has what we have not', [entry(us, 'Apply', a), entry('helm', 'Update', b)], [[us, 'Apply', both]]],
  [
    'Helm wrote in another version that is served',
    [entry(us, 'Apply', a), entry('helm', 'Update', b, { apiVersion: 'apps/v1beta2' })],
    undefined,
  ],
  [
    'Helm wrote in a version that is served no more',
    [entry('helm', 'Update', a, { apiVersion: 'apps/v1beta1' })],
    [[us, 'Apply', a]],
  ],
  [
    'one manager wrote in two versions, of which one is served no more',
    [entry('tuner', 'Update', a, { apiVersion: 'apps/v1beta1' }), entry('tuner', 'Update', b)],
    [['tuner', 'Update', both]],
  ],
] as const)
  test(`where ${title}, ${after === undefined ? 'nothing is to be settled' : 'it is settled'}`, (t) => {
    t.deepEqual(told(settledFields(live(...(before as unknown as JsonObject[])), usual)), after as never)
  })

const replicas = { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } }
const rest = [us, 'Apply', { 'f:spec': { 'f:paused': {} } }]
const given = ['scout-apply-handover', 'Update', { 'f:spec': { 'f:replicas': {} } }]
for (const [title, before, after] of [
  ['is handed over', [entry(us, 'Apply', replicas)], [given, rest]],
  ['stays with others', [entry('hpa', 'Update', replicas)], undefined],
  ['is handed over by Helm as well', [entry('helm', 'Update', replicas)], [given, rest]],
  [
    'is handed over once',
    [
      entry(us, 'Apply', rest[2] as JsonObject),
      entry('scout-apply-handover', 'Update', given[2] as JsonObject),
    ],
    undefined,
  ],
] as const)
  test(`what is given up ${title}`, (t) => {
    const settled = settledFields(live(...(before as unknown as JsonObject[])), {
      ...usual,
      giveUp: ['/spec/replicas'],
    })
    t.deepEqual(told(settled), after as never)
  })

test('nothing is taken where we only lend a label, and what was owned by nobody can be had besides', (t) => {
  t.is(settledFields(live(entry('helm', 'Update', a)), { ...usual, take: false }), undefined)
  t.deepEqual(told(settledFields(live(entry('tuner', 'Update', a)), { ...usual, besides: b })), [
    ['tuner', 'Update', a],
    [us, 'Apply', b],
  ])
})
