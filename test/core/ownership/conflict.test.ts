import test from 'ava'
import type { Refusal } from '../../../src/core/effects/cluster.ts'
import { conflictProblem, fieldConflicts, judge, verdictOf } from '../../../src/core/ownership/conflict.ts'
import type { KubeObject } from '../../../src/core/object.ts'

const refusal = (message: string, field: string, status = 409): Refusal => ({
  asked: { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'shop', name: 'web' },
  server: 'https://server.example',
  status,
  reason: 'Conflict',
  message: '',
  causes: [{ reason: 'FieldManagerConflict', field, message }],
})

for (const [message, field, verdict] of [
  ['conflict with "helm" using apps/v1 at 2026-01-01T00:00:00Z', '.spec.replicas', 'take'],
  ['conflict with "helm"', '.spec.replicas', 'take'],
  ['conflict with "kubectl-client-side-apply" using v1', '.data.a', 'take'],
  ['conflict with "before-first-apply" using v1', '.data.a', 'take'],
  [
    'conflict with "kube-controller-manager" with subresource "scale" using apps/v1',
    '.spec.replicas',
    'leave',
  ],
  ['conflict with "k3s" with subresource "scale" using apps/v1', '.spec.replicas', 'leave'],
  ['conflict with "kube-controller-manager" using apps/v1', '.spec.replicas', 'ask'],
  ['conflict with "kubectl" with subresource "scale" using apps/v1', '.spec.replicas', 'ask'],
  ['conflict with "cert-manager-cainjector" using v1', '.webhooks[name="a"].clientConfig.caBundle', 'leave'],
  ['conflict with "cainjector" using v1', '.spec.conversion.webhook.clientConfig.caBundle', 'leave'],
  ['conflict with "cainjector" using v1', '.webhooks[name="a"].rules', 'ask'],
  ['conflict with "kubectl-edit" using v1', '.data.a', 'ask'],
  ['conflict with "scout-apply:other"', '.data.a', 'ask'],
  ['conflict with "a \\"quoted\\" one" using v1', '.data.a', 'ask'],
  ['words that nobody knows', '.data.a', 'ask'],
] as const)
  test(`${verdict}: ${field}, ${message}`, (t) => {
    const [conflict] = fieldConflicts(refusal(message, field))
    t.truthy(conflict)
    t.is(conflict && verdictOf(conflict), verdict)
  })

test('a 409 about something else, and causes of another status, are no conflicts about fields', (t) => {
  t.deepEqual(fieldConflicts({ ...refusal('', ''), causes: [] }), [])
  t.deepEqual(fieldConflicts(refusal('conflict with "helm"', '.data.a', 422)), [])
})

const web: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas: 3, paused: false },
}
const live = {
  ...web,
  metadata: {
    ...web.metadata,
    managedFields: [
      { manager: 'any', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } } },
    ],
  },
} as unknown as KubeObject
const scaled = { manager: 'kube-controller-manager', subresource: 'scale', field: '.spec.replicas' }
const helm = { manager: 'helm', subresource: '', field: '.spec.paused' }
const person = { manager: 'kubectl-edit', subresource: '', field: '.spec.paused' }

test('each conflict of an object is decided: what is left is not sent, what is taken is', (t) => {
  const without = { ...web, spec: { paused: false } }
  t.deepEqual(judge(web, live, [scaled]), { send: without, take: false })
  t.deepEqual(judge(web, live, [helm]), { send: web, take: true })
  t.deepEqual(judge(web, live, [scaled, helm]), { send: without, take: true })
})

test('one that people must decide stops all, and so does one whose field cannot be told: nothing is taken by chance', (t) => {
  t.deepEqual(judge(web, live, [scaled, person]), { ask: [person] })
  const lost = { ...scaled, field: '.spec.elsewhere' }
  t.deepEqual(judge(web, live, [lost, helm]), { ask: [lost] })
})

test('the problem names managers and fields, and the line that leaves them to their owner', (t) => {
  const id = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }
  const { what, fix } = conflictProblem(id, 'app', [person])
  t.is(what, 'Deployment shop/web: "kubectl-edit" owns .spec.paused.')
  t.regex(fix, /apply: \{ ignore: \[\{ kind: Deployment\.apps, name: web, fields: \[\/spec\/paused\] \}\] \}/)
  t.notRegex(conflictProblem(id, 'app', [{ ...person, field: '.metadata.annotations.a.b/c' }]).fix, /fields:/)
})
