import test from 'ava'
import { propagationFor } from '../../src/control-plane/apply/ownership/recreate.ts'
import { labels } from '../../src/core/applyset.ts'
import { immutableProblem, mayRecreate } from '../../src/core/immutable.ts'
import type { InventoryEntry } from '../../src/core/inventory.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { idOf } from '../../src/core/object.ts'
import type { KubeObject } from '../../src/core/object.ts'

const set = { id: 'applyset-x-v1', manager: 'scout-apply:shop' }
const object = (
  apiVersion: string,
  kind: string,
  metadata: JsonObject = {},
  spec: JsonObject = {},
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: 'shop', uid: 'u', labels: { [labels.partOf]: set.id }, ...metadata },
  spec,
})
const entryOf = (live: KubeObject, known: Partial<InventoryEntry> = {}): InventoryEntry => ({
  id: idOf(live),
  version: 'v1',
  uid: 'u',
  wanted: '',
  owned: '',
  release: 'app',
  phase: 'main',
  keep: false,
  shared: false,
  ...known,
})
const all = [
  'Deployment.apps',
  'StatefulSet.apps',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'Namespace',
  'CustomResourceDefinition.apiextensions.k8s.io',
]
const deployment = object('apps/v1', 'Deployment')
const kept = { annotations: { 'helm.sh/resource-policy': 'keep' } }
const ours = { managedFields: [{ manager: set.manager, operation: 'Apply' }] }

for (const [title, live, entry, recreate, may] of [
  ['a Job', object('batch/v1', 'Job'), {}, [], true],
  ['a Job of another group', object('example.com/v1', 'Job'), {}, [], false],
  ['a Deployment that policy does not name', deployment, {}, [], false],
  ['a Deployment that policy names', deployment, {}, all, true],
  ['a Deployment with another UID', deployment, { uid: 'other' }, all, false],
  ['a Deployment of unknown UID that others wrote', deployment, { uid: '' }, all, false],
  [
    'a Deployment of unknown UID that we wrote',
    object('apps/v1', 'Deployment', ours),
    { uid: '' },
    all,
    true,
  ],
  ['a Deployment without our label', object('apps/v1', 'Deployment', { labels: {} }), {}, all, false],
  ['a Deployment that is kept on the cluster', object('apps/v1', 'Deployment', kept), {}, all, false],
  ['a Deployment that is kept in the bundle', deployment, { keep: true }, all, false],
  ['a PersistentVolumeClaim', object('v1', 'PersistentVolumeClaim'), {}, all, false],
  ['a PersistentVolume', object('v1', 'PersistentVolume'), {}, all, false],
  ['a Namespace', object('v1', 'Namespace'), {}, all, false],
  ['a CRD', object('apiextensions.k8s.io/v1', 'CustomResourceDefinition'), {}, all, false],
] as const)
  test(`${title} ${may ? 'may' : 'may not'} be made anew`, (t) => {
    t.is(mayRecreate(live, entryOf(live, entry), set, [...recreate]), may)
    t.false(mayRecreate(live, undefined, set, [...recreate]))
  })

const selecting = (app: string) => ({ selector: { matchLabels: { app } } })
for (const [kind, before, after, propagation] of [
  ['StatefulSet', 'a', 'a', 'Orphan'],
  ['StatefulSet', 'a', 'b', 'Foreground'],
  ['Deployment', 'a', 'a', 'Foreground'],
] as const)
  test(`the Pods of a ${kind} that selected ${before} and will select ${after}: ${propagation}`, (t) => {
    const live = object('apps/v1', kind, {}, selecting(before))
    t.is(propagationFor(idOf(live), live, object('apps/v1', kind, {}, selecting(after))), propagation)
  })

const refusal = {
  asked: { verb: 'patch', group: '', resource: '', namespace: '', name: '' },
  server: '',
  status: 422,
  reason: 'Invalid',
  message: 'field is immutable',
  causes: [],
} as const
for (const [live, recreate, fix] of [
  [deployment, [], /releases\/app\/release\.yaml: apply: \{ recreate: \[Deployment\.apps\] \}/],
  [deployment, all, /not provably ours/],
  [object('v1', 'PersistentVolumeClaim'), all, /never deleted to be made anew/],
] as const)
  test(`who may not make a ${live.kind} anew is told ${fix.source}`, (t) => {
    t.regex(immutableProblem(idOf(live), 'app', { ...refusal, causes: [] }, [...recreate]).fix, fix)
  })
