import test from 'ava'
import type { JsonObject } from '../../../src/core/json.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import type { ReadyRule } from '../../../src/core/policy.ts'
import type { FieldTest } from '../../../src/core/readiness/declared.ts'
import { readinessOf } from '../../../src/core/readiness/readiness.ts'

const widget = (status: JsonObject, more: JsonObject = {}): KubeObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'web', generation: 2 },
  ...more,
  status,
})
const rule = (ready: FieldTest[], failed: FieldTest[] = [], more: Partial<ReadyRule> = {}): ReadyRule => ({
  kind: 'Widget.example.com',
  ready,
  failed,
  ...more,
})
const running: FieldTest = { path: '/status/phase', equals: 'Running' }
const isReady: FieldTest = { condition: 'Ready', is: 'True' }
const broken: FieldTest = { path: '/status/phase', equals: 'Failed' }

const cases: [claim: string, rules: ReadyRule[], object: KubeObject, expected: string][] = [
  ['a phase that is the wanted one', [rule([running])], widget({ phase: 'Running' }), 'ready'],
  [
    'a phase that is another',
    [rule([running])],
    widget({ phase: 'Starting' }),
    'waiting: /status/phase is "Starting" instead of "Running"',
  ],
  [
    'a phase that is not there',
    [rule([running])],
    widget({}),
    'waiting: /status/phase is not set instead of "Running"',
  ],
  [
    'all tests have to hold, and the first that does not is told',
    [rule([running, isReady])],
    widget({ phase: 'Running', conditions: [{ type: 'Ready', status: 'False', reason: 'Warming' }] }),
    'waiting: Ready is False: Warming',
  ],
  [
    'a condition that is not there',
    [rule([isReady])],
    widget({ conditions: [] }),
    'waiting: it has no condition Ready yet',
  ],
  [
    'a condition of an earlier generation',
    [rule([isReady])],
    widget({ conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }] }),
    'waiting: its controller has not seen the last change',
  ],
  [
    'a condition with another reason than is asked for',
    [rule([{ condition: 'Ready', is: 'True', reason: 'Done' }])],
    widget({ conditions: [{ type: 'Ready', status: 'True', reason: 'Halfway' }] }),
    'waiting: Ready is True: Halfway',
  ],
  [
    'one test of failure is enough',
    [rule([running], [isReady, broken])],
    widget({ phase: 'Failed' }),
    'failed: /status/phase is "Failed"',
  ],
  [
    'a failure of an earlier generation is no verdict',
    [rule([running], [broken])],
    widget({ phase: 'Failed', observedGeneration: 1 }),
    'waiting: /status/phase is "Failed"',
  ],
  [
    'a failed condition of an earlier generation is no verdict',
    [rule([running], [{ condition: 'Broken', is: 'True' }])],
    widget({ phase: 'Running', conditions: [{ type: 'Broken', status: 'True', observedGeneration: 1 }] }),
    'ready',
  ],
  [
    'an older generation is waited out, whatever the tests say',
    [rule([running])],
    widget({ phase: 'Running', observedGeneration: 1 }),
    'waiting: its controller has not seen the last change',
  ],
  [
    'a field that has to be there',
    [rule([{ path: '/status/address', exists: true }])],
    widget({ address: '' }),
    'waiting: /status/address is not set',
  ],
  [
    'a field that has to be away',
    [rule([{ path: '/status/error', exists: false }])],
    widget({ error: 'x' }),
    'waiting: /status/error is set',
  ],
  [
    'zero is something that is there',
    [rule([{ path: '/status/count', exists: true }])],
    widget({ count: 0 }),
    'ready',
  ],
  [
    'a number is no text',
    [rule([{ path: '/status/count', equals: '3' }])],
    widget({ count: 3 }),
    'waiting: /status/count is 3 instead of "3"',
  ],
  [
    'an item of a list',
    [rule([{ path: '/status/nodes/1/up', equals: true }])],
    widget({ nodes: [{ up: false }, { up: true }] }),
    'ready',
  ],
  [
    'what lies outside of status is not repeated: it may be secret',
    [rule([{ path: '/data/password', equals: 'x' }])],
    widget({}, { data: { password: 'hunter2' } }),
    'waiting: /data/password is something else instead of "x"',
  ],
  [
    'a rule for the object itself comes before one for its kind',
    [rule([running]), rule([isReady], [], { name: 'web' })],
    widget({ phase: 'Running', conditions: [] }),
    'waiting: it has no condition Ready yet',
  ],
  [
    'a rule for another object does not count',
    [rule([running], [], { name: 'other' })],
    widget({ conditions: [{ type: 'Ready', status: 'False' }] }),
    'waiting: Ready is False',
  ],
  [
    'a rule for another kind does not count',
    [rule([running], [], { kind: 'Widget.other.com' })],
    widget({}),
    'ready',
  ],
  [
    'a rule wins over what its conditions would say',
    [rule([running])],
    widget({
      phase: 'Running',
      conditions: [
        { type: 'Stalled', status: 'True' },
        { type: 'Ready', status: 'False' },
      ],
    }),
    'ready',
  ],
]
for (const [claim, ready, object, expected] of cases)
  test(`a release's own rule: ${claim}`, (t) => {
    const found = readinessOf(object, { ready })
    t.is(found.state === 'ready' ? 'ready' : `${found.state}: ${found.why}`, expected)
  })

test("a release's own rule wins over the given one of a kind", (t) => {
  const deployment: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    status: { observedGeneration: 1, replicas: 0 },
  }
  t.is(readinessOf(deployment).state, 'waiting')
  const seen: ReadyRule = {
    kind: 'Deployment.apps',
    ready: [{ path: '/status/replicas', equals: 0 }],
    failed: [],
  }
  t.is(readinessOf(deployment, { ready: [seen] }).state, 'ready')
})

test('an object that is being deleted is not ready, whatever a rule says', (t) => {
  const going = widget({ phase: 'Running' })
  going.metadata['deletionTimestamp'] = '2026-01-01T00:00:00Z'
  t.deepEqual(readinessOf(going, { ready: [rule([running])] }), {
    state: 'waiting',
    why: 'it is being deleted',
  })
})
