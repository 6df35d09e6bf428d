import test from 'ava'
import { setField } from '../../../src/core/json.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import { readinessOf } from '../../../src/core/readiness/readiness.ts'
import { readinessRules } from '../../../src/core/readiness/rules.ts'

const deep = (depth: number): Json => {
  let value: Json = 'bottom'
  for (let level = 0; level < depth; level += 1) value = { conditions: [value] }
  return value
}
const ownProto = (): JsonObject => {
  const map: JsonObject = {}
  setField(map, '__proto__', { phase: 'Ready' })
  return map
}

/** What a server, or who writes a status, could answer in place of anything. */
const values: [what: string, value: Json][] = [
  ['nothing', null],
  ['a text', 'x'],
  ['a number', -1],
  ['an integer beyond 2^53', 9223372036854775807n],
  ['a boolean', true],
  ['an empty list', []],
  ['a list of anything', [null, 1, 'x', [], {}, [[]]]],
  ['an empty map', {}],
  ['a map with a key __proto__', ownProto()],
  ['a map named as what every object inherits', { constructor: 1, toString: null, hasOwnProperty: [] }],
  ['maps 5,000 deep', deep(5000)],
  ['a text of a million letters', 'x'.repeat(1_000_000)],
]

/** Every field that a rule looks at, and what lies around them. */
const conditions = (value: Json): Json[] => [
  value,
  [value],
  [{ type: 'Ready', status: value, reason: value, message: value, observedGeneration: value }],
  ['Ready', 'Available', 'Progressing', 'Failed', 'Stalled', 'Reconciling', 'NotReady'].map((type) => ({
    type,
    status: 'True',
    reason: value,
    message: value,
    observedGeneration: value,
  })),
]
const fields = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'availableReplicas',
  'readyReplicas',
  'phase',
  'state',
  'robustness',
  'loadBalancer',
  'containerStatuses',
  'initContainerStatuses',
  'health',
  'sync',
  'syncedResourceVersion',
  'cassandraOperatorProgress',
  'desiredNumberScheduled',
  'numberAvailable',
  'phaseReason',
  'operationState',
  'message',
]

const statuses = (value: Json): Json[] => [
  value,
  ...conditions(value).map((one) => ({ conditions: one })),
  Object.fromEntries(fields.map((field) => [field, value])),
  Object.fromEntries(
    fields.map((field) => [field, [{ state: value, name: value, status: value, ingress: value }]]),
  ),
]
const failedPhases = (value: Json): Json[] => [
  { phase: 'Failed', message: value },
  {
    phase: 'Pending',
    containerStatuses: [{ name: value, state: { waiting: { reason: value, message: value } } }],
  },
]
const specs = (value: Json): Json[] => [
  value,
  {
    replicas: value,
    type: value,
    suspend: value,
    updateStrategy: value,
    syncPolicy: value,
    source: value,
    refreshInterval: value,
  },
]

const kinds = [...readinessRules.flatMap((rule) => rule.kinds), 'Widget.example.com']

for (const [what, value] of values)
  test(`no status makes it throw, and every answer is short: ${what}`, (t) => {
    for (const groupKind of kinds) {
      const [kind = '', ...group] = groupKind.split('.')
      const apiVersion = group.length === 0 ? 'v1' : `${group.join('.')}/v1`
      for (const status of [...statuses(value), ...failedPhases(value)])
        for (const spec of specs(value)) {
          const metadata = { name: 'x', generation: value, annotations: value, labels: value }
          const object = {
            apiVersion,
            kind,
            metadata,
            spec,
            status,
            webhooks: [value, { clientConfig: value }],
          }
          const found = readinessOf(object as unknown as KubeObject)
          if (found.state !== 'ready' && (typeof found.why !== 'string' || found.why.length > 2001))
            t.fail(`${groupKind}: ${found.why.length}`)
        }
    }
    t.pass()
  })

test('fifty thousand conditions are looked through at once', (t) => {
  const many = Array.from({ length: 50_000 }, (_, index) => ({ type: `T${index}`, status: 'True' }))
  const object: KubeObject = {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'x' },
    status: { conditions: [...many, { type: 'Ready', status: 'False', reason: 'Last' }] },
  }
  t.deepEqual(readinessOf(object), { state: 'waiting', why: 'Ready is False: Last' })
})

test('what a container has left as its last words is in no verdict: it may hold whatever its log may', (t) => {
  const terminated = { exitCode: 1, reason: 'Error', message: 'password=hunter22' }
  for (const phase of ['Failed', 'Running']) {
    const verdict = readinessOf({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      status: { phase, containerStatuses: [{ name: 'app', state: { terminated } }] },
    })
    t.not(verdict.state, 'ready')
    t.regex('why' in verdict ? verdict.why : '', /container app: Error$/)
  }
})
