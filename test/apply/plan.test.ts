import test from 'ava'
import { asMember, fieldManagerOf, setIdOf } from '../../src/core/applyset.ts'
import type { Inventory, InventoryEntry } from '../../src/core/inventory.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { uidOf } from '../../src/core/live.ts'
import type { Live } from '../../src/core/live.ts'
import { idOf, keyOf } from '../../src/core/object.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { ownedDigest } from '../../src/core/owned-fields.ts'
import { actionsOf, changesNothing, hookRun } from '../../src/core/plan.ts'
import type { GuardedKind, Plan } from '../../src/core/plan.ts'
import { namespacesOf } from '../../src/core/namespaces.ts'
import { appliedObjects, releaseDigest, wantedDigest } from '../../src/core/wanted.ts'
import type { Wanted } from '../../src/core/wanted.ts'
import { planApply } from '../../src/control-plane/plan/plan.ts'
import { paintIn } from '../../src/report/paint.ts'
import { describePlan } from '../../src/report/plan.ts'
import { bundleOf, configMap, deployment, job } from './set.ts'

const set = 'shop-prod'
const namespace = 'shop'
const served = (group: string, version: string, kind: string, namespaced = true) => ({
  group,
  version,
  kind,
  plural: `${kind.toLowerCase()}s`,
  namespaced,
})
const discovery = {
  kinds: [
    served('', 'v1', 'ConfigMap'),
    served('', 'v1', 'Namespace', false),
    served('', 'v1', 'PersistentVolumeClaim'),
    served('apps', 'v1', 'Deployment'),
    served('batch', 'v1', 'Job'),
    served('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', false),
  ],
  silent: ['metrics.example'],
}

/** A live object as it is after we have applied it. */
const living = (
  object: KubeObject,
  uid = `uid-${object.metadata.name}`,
  rest: JsonObject = {},
): KubeObject => {
  const member = asMember(object, setIdOf(set))
  const fieldsV1 = { 'f:data': { 'f:a': {} }, 'f:spec': { 'f:replicas': {} } }
  const managedFields = [{ manager: fieldManagerOf(set), operation: 'Apply', fieldsV1 }]
  return { ...member, metadata: { ...member.metadata, uid, managedFields, ...rest } }
}

const entryFor = (wanted: KubeObject, live: KubeObject, release: string): InventoryEntry => ({
  id: idOf(live),
  version: 'v1',
  uid: uidOf(live),
  wanted: wantedDigest(wanted),
  owned: ownedDigest(live, fieldManagerOf(set)),
  release,
  phase: 'main',
  keep: false,
  shared: false,
})

/** The cluster after `wanted` was applied in full. */
const after = (wanted: Wanted): Live => {
  const objects = [
    ...namespacesOf(wanted).map((object) => ({ object, release: '' })),
    ...appliedObjects(wanted).filter((one) => one.phase !== 'hooks'),
  ]
  const members = new Map(objects.map(({ object }) => [keyOf(idOf(object)), living(object)]))
  const entries = new Map(
    objects.map(({ object, release }) => {
      const key = keyOf(idOf(object))
      return [key, entryFor(object, members.get(key) as KubeObject, release)]
    }),
  )
  const content: Inventory = {
    bundle: wanted.digest,
    version: wanted.manifest.version,
    sequence: wanted.manifest.sequence,
    generation: 4,
    state: 'applied',
    releases: Object.fromEntries(wanted.releases.map((one) => [one.name, releaseDigest(one)])),
    hooks: [],
    siteValues: [],
    filling: '',
    entries,
  }
  return { discovery, members, others: new Map(), inventory: { content, resourceVersion: '1' } }
}

const nothing: Live = { discovery, members: new Map(), others: new Map(), inventory: undefined }
const consent = (...prune: GuardedKind[]) => ({ prune: new Set(prune), downgrade: false, empty: false })
const planOf = (wanted: Wanted, live: Live, ...prune: GuardedKind[]): Plan => {
  const plan = planApply(wanted, live, consent(...prune))
  if (!plan.ok) throw new Error(plan.problems.map((one) => one.what).join('\n'))
  return plan.value
}
const codesOf = (wanted: Wanted, live: Live): string[] => {
  const plan = planApply(wanted, live, consent())
  return plan.ok ? [] : plan.problems.map((one) => one.code)
}
const wantedWith = (sequence: number, ...objects: KubeObject[]): Wanted =>
  bundleOf(set, sequence, [{ name: 'web', namespace, objects }])
const key = (kind: string, name: string): string => `/${kind}/${namespace}/${name}`
const claim = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
})

test('on an empty cluster everything is made, the Namespace first', (t) => {
  const plan = planOf(wantedWith(1, deployment('web'), configMap('x')), nothing)
  t.deepEqual(
    actionsOf(plan).map((one) => `${one.do} ${one.id.kind}`),
    ['create Namespace', 'create ConfigMap', 'create Deployment'],
  )
  t.is(plan.waves[0]?.[0]?.mode, 'install')
})

test('what is there as it was applied is skipped, and nothing changes', (t) => {
  const wanted = wantedWith(1, configMap('x'), deployment('web'))
  const plan = planOf(wanted, after(wanted))
  t.true(actionsOf(plan).every((one) => one.do === 'skip'))
  t.true(changesNothing(plan))
  t.is(plan.waves[0]?.[0]?.mode, 'upgrade')
})

const changes: [claim: string, change: (live: Live) => void, because: string][] = [
  [
    'an object with another value in a field of ours is drifted',
    (live) => live.members.set(key('ConfigMap', 'x'), living(configMap('x', { a: 'edited' }))),
    'drifted',
  ],
  [
    'an object with another UID was recreated by others',
    (live) => live.members.set(key('ConfigMap', 'x'), living(configMap('x'), 'new')),
    'recreated by others',
  ],
  [
    'an object that is there without our label is not ours yet',
    (live) => {
      live.members.delete(key('ConfigMap', 'x'))
      live.others.set(key('ConfigMap', 'x'), configMap('x'))
    },
    'not ours yet',
  ],
  [
    'an object whose UID the last run did not learn is not finished',
    (live) => {
      const entries = live.inventory?.content.entries
      entries?.set(key('ConfigMap', 'x'), {
        ...(entries.get(key('ConfigMap', 'x')) as InventoryEntry),
        uid: '',
        wanted: '',
      })
    },
    'not finished last time',
  ],
]
for (const [claimed, change, because] of changes)
  test(claimed, (t) => {
    const wanted = wantedWith(1, configMap('x'))
    const live = after(wanted)
    change(live)
    const plan = planOf(wanted, live)
    t.like(
      actionsOf(plan).find((one) => one.id.kind === 'ConfigMap'),
      { do: 'apply', because },
    )
    t.false(changesNothing(plan))
  })

test('a Job that its time to live has removed is not run again', (t) => {
  const job: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: { ttlSecondsAfterFinished: 1 },
  }
  const wanted = wantedWith(1, job)
  const live = after(wanted)
  live.members.delete('batch/Job/shop/j')
  t.true(changesNothing(planOf(wanted, live)))
})

const removals: [
  claim: string,
  object: KubeObject,
  change: (live: Live, at: string) => void,
  expected: string,
][] = [
  ['an object that is no longer wanted is pruned', configMap('y'), () => undefined, 'prune'],
  ['one that is gone already is forgotten', configMap('y'), (live, at) => live.members.delete(at), 'forget'],
  [
    'one with another UID is forgotten',
    configMap('y'),
    (live, at) => live.members.set(at, living(configMap('y'), 'new')),
    'forget',
  ],
  [
    'one without our label is kept',
    configMap('y'),
    (live, at) => {
      live.others.set(at, live.members.get(at) as KubeObject)
      live.members.delete(at)
    },
    'keep',
  ],
  [
    'one that a controller owns is kept',
    configMap('y'),
    (live, at) =>
      live.members.set(at, living(configMap('y'), 'uid-y', { ownerReferences: [{ controller: true }] })),
    'keep',
  ],
  [
    'one that says so is kept',
    configMap('y'),
    (live, at) =>
      live.members.set(
        at,
        living(configMap('y'), 'uid-y', { annotations: { 'helm.sh/resource-policy': 'keep' } }),
      ),
    'keep',
  ],
  ['a PersistentVolumeClaim is kept without consent', claim('y'), () => undefined, 'keep'],
]
for (const [claimed, object, change, expected] of removals)
  test(claimed, (t) => {
    const live = after(wantedWith(1, configMap('x'), object))
    change(live, key(object.kind, 'y'))
    const plan = planOf(wantedWith(2, configMap('x')), live)
    t.deepEqual(
      [...plan.prune.flat(), ...plan.kept].map((one) => one.do),
      [expected],
    )
  })

test('a PersistentVolumeClaim is pruned with consent, a Namespace of the system never', (t) => {
  const live = after(
    bundleOf(set, 1, [
      {
        name: 'web',
        namespace: 'kube-system',
        objects: [{ ...claim('y'), metadata: { name: 'y', namespace } }],
      },
    ]),
  )
  const plan = planOf(wantedWith(2, configMap('x')), live, 'PersistentVolumeClaim', 'Namespace')
  t.like(plan.prune.flat(), [{ do: 'prune', id: { kind: 'PersistentVolumeClaim' } }])
  t.like(plan.kept, [{ do: 'keep', id: { kind: 'Namespace', name: 'kube-system' } }])
})

test('an object that the bundle has in another API group is the same object, and is not deleted', (t) => {
  const wanted = wantedWith(1, configMap('x'))
  const live = after(wanted)
  const old = { ...entryFor(configMap('x'), living(configMap('x')), 'web') }
  old.id = { group: 'legacy.example', kind: 'ConfigMap', namespace, name: 'x' }
  live.inventory?.content.entries.set(keyOf(old.id), old)
  live.members.set(keyOf(old.id), living(configMap('x')))
  live.discovery = { ...discovery, kinds: [...discovery.kinds, served('legacy.example', 'v1', 'ConfigMap')] }
  const plan = planOf(wanted, live)
  t.deepEqual(plan.prune, [])
  t.like(plan.kept, [{ do: 'forget', because: 'the bundle has the same object in another API group' }])
})

test('a hook of which a killed run learned no UID is deleted only if we wrote what is there', (t) => {
  for (const [manager, removal] of [
    [fieldManagerOf(set), 'prune'],
    ['somebody', 'keep'],
  ] as const) {
    const live = after(wantedWith(1))
    const hook: KubeObject = { ...configMap('hook'), metadata: { name: 'hook', namespace } }
    const made = living(hook, 'u', { managedFields: [{ manager, operation: 'Update' }] })
    live.members.set(key('ConfigMap', 'hook'), made)
    const entry: InventoryEntry = { ...entryFor(hook, made, 'web'), uid: '', phase: 'hooks' }
    live.inventory?.content.entries.set(key('ConfigMap', 'hook'), entry)
    const plan = planOf(wantedWith(2, configMap('x')), live)
    t.deepEqual(
      [...plan.prune.flat(), ...plan.kept].map((one) => one.do),
      [removal],
    )
  }
})

test('an object of a silent API stays in the inventory; one whose kind is gone leaves it', (t) => {
  const live = after(wantedWith(1, configMap('x')))
  const add = (group: string): void => {
    const id = { group, kind: 'Thing', namespace, name: 'z' }
    const known = live.inventory?.content.entries.get(key('ConfigMap', 'x')) as InventoryEntry
    live.inventory?.content.entries.set(keyOf(id), { ...known, id })
  }
  add('metrics.example')
  add('gone.example')
  const plan = planOf(wantedWith(2, configMap('x')), live)
  t.deepEqual(
    plan.kept.map((one) => [one.do, one.id.group]),
    [
      ['keep', 'metrics.example'],
      ['forget', 'gone.example'],
    ],
  )
})

test('all that stands in the way is told at once', (t) => {
  const labelled = {
    ...configMap('l'),
    metadata: { name: 'l', labels: { 'applyset.kubernetes.io/part-of': 'x' } },
  }
  const unserved = { apiVersion: 'no.example/v1', kind: 'Thing', metadata: { name: 't' } }
  const silent = { apiVersion: 'metrics.example/v1', kind: 'Thing', metadata: { name: 't' } }
  const wanted = wantedWith(1, labelled, unserved, silent, configMap('theirs'))
  const live = after(wantedWith(2, configMap('x')))
  live.others.set(key('ConfigMap', 'theirs'), asMember(configMap('theirs'), setIdOf('another')))
  t.deepEqual(codesOf(wanted, live), [
    'plan/downgrade',
    'plan/labelled',
    'plan/unserved-kind',
    'plan/silent-api',
    'plan/overlap',
  ])
})

test('a kind that a CRD of the same bundle defines needs no server yet', (t) => {
  const crd: KubeObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.new.example' },
    spec: {
      group: 'new.example',
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things' },
      versions: [{ name: 'v1', served: true }],
    },
  }
  t.deepEqual(
    codesOf(
      wantedWith(1, crd, { apiVersion: 'new.example/v1', kind: 'Thing', metadata: { name: 't' } }),
      nothing,
    ),
    [],
  )
})

test('a bundle that wants nothing is refused where there is something', (t) => {
  t.deepEqual(codesOf(bundleOf(set, 2, []), after(wantedWith(1, configMap('x')))), ['plan/empty'])
  t.deepEqual(codesOf(bundleOf(set, 1, []), nothing), [])
})

test('a plan reads as what will be done, in order, without the content of any object', (t) => {
  const live = after(wantedWith(1, configMap('x', { a: 'SECRET' }), configMap('y'), claim('data')))
  live.members.set(key('ConfigMap', 'x'), living(configMap('x', { a: 'edited' })))
  const hook: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate', annotations: { 'helm.sh/hook': 'pre-upgrade' } },
  }
  const plan = planOf(wantedWith(2, configMap('x', { a: 'SECRET' }), deployment('web'), hook), live)
  t.is(
    describePlan(plan, paintIn(false)),
    `shop-prod: bundle 1.0.2 (sequence 2) replaces 1.0.1 (sequence 1)
Wave 1: web (upgrade)
  ! Job shop/migrate (pre-upgrade hook, weight 0)
  ~ ConfigMap shop/x (drifted)
  + Deployment shop/web
  … until all 2 are ready, 1 minute at most
Pruned, once all of that is ready
  - ConfigMap shop/y
No longer wanted, and not deleted
  = PersistentVolumeClaim shop/data stays: a PersistentVolumeClaim is deleted only with consent
1 to create, 1 to change, 1 hook to run, 1 to delete, 1 unchanged
`,
  )
  t.false(JSON.stringify(plan).includes('SECRET'))
})

test('a run that was cut short is taken up with the same site values, and begun anew with others', (t) => {
  const hook = job('migrate', { annotations: { 'helm.sh/hook': 'pre-upgrade' } })
  const filledWith = (digest: string): Wanted => ({
    ...wantedWith(2, configMap('x'), hook),
    filled: { planned: [], key: new Uint8Array(32), digest, digests: new Map(), generations: {} },
  })
  const live = after(wantedWith(1, configMap('x')))
  const content = live.inventory?.content as Inventory
  const id = { group: 'batch', kind: 'Job', namespace, name: 'migrate' }
  Object.assign(content, {
    state: 'applying',
    bundle: filledWith('').digest,
    filling: 'k:one',
    hooks: [hookRun('pre-upgrade', id)],
  })
  const finishedWith = (digest: string): boolean | undefined =>
    planOf(filledWith(digest), live).waves[0]?.[0]?.before[0]?.finished
  t.is(finishedWith('k:one'), true)
  t.is(finishedWith('k:two'), false)
})
