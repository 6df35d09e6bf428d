import test from 'ava'
import { holdersOf, stamper } from '../../src/control-plane/site-values/stamp.ts'
import { inMakingOrder, withDependents, withOrigins } from '../../src/control-plane/site-values/order.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { idOf } from '../../src/core/object.ts'
import type { KubeObject } from '../../src/core/object.ts'
import type { SiteValue } from '../../src/core/site-values/recipe.ts'
import { certificate, hole, password, secret } from './valued.ts'

const inShop = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace: 'shop' },
})
const held = inShop(secret('held', { a: hole('app/admin') }))
const values: SiteValue[] = [
  { id: 'app/admin', recipe: password(), places: [] },
  {
    id: 'secret:shop/licence/key',
    recipe: { made: 'read', secret: 'licence', namespace: 'shop', key: 'key' },
    places: [],
  },
]
const fillingsWith = (text: string) =>
  new Map(values.map(({ id }) => [hole(id), { id, text: `${text}-${id}`, made: true }]))

const podOf = (spec: JsonObject): JsonObject => ({
  spec: { containers: [{ name: 'a', image: 'x' }], ...spec },
})
const workload = (kind: string, apiVersion: string, spec: JsonObject, namespace = 'shop'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace },
  spec: kind === 'CronJob' ? { jobTemplate: { spec: { template: podOf(spec) } } } : { template: podOf(spec) },
})
const stamped = (object: KubeObject, text = 'one'): string | undefined => {
  const holders = holdersOf([held, object].map((one) => ({ id: idOf(one), object: one })))
  const next = stamper(values, holders, fillingsWith(text), Buffer.alloc(32))(idOf(object), object)
  return /"scout\.airgap\/site-values":"([^"]+)"/.exec(JSON.stringify(next))?.[1]
}
const deployment = (spec: JsonObject, namespace?: string) =>
  workload('Deployment', 'apps/v1', spec, namespace)
const container = (rest: JsonObject) => ({ containers: [{ name: 'a', image: 'x', ...rest }] })

const uses: [claim: string, object: KubeObject][] = [
  [
    'env',
    deployment(container({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'held', key: 'a' } } }] })),
  ],
  ['envFrom', deployment(container({ envFrom: [{ secretRef: { name: 'held' } }] }))],
  [
    'an init container',
    deployment({ initContainers: [{ name: 'b', envFrom: [{ secretRef: { name: 'held' } }] }] }),
  ],
  ['a volume', deployment({ volumes: [{ name: 'v', secret: { secretName: 'held' } }] })],
  [
    'a projected volume',
    deployment({ volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'held' } }] } }] }),
  ],
  ['a pull secret', deployment({ imagePullSecrets: [{ name: 'held' }] })],
  ['a Secret that a value is read from', deployment({ imagePullSecrets: [{ name: 'licence' }] })],
  ['the template itself', deployment(container({ args: [hole('app/admin')] }))],
  ['a StatefulSet', workload('StatefulSet', 'apps/v1', { imagePullSecrets: [{ name: 'held' }] })],
  ['a DaemonSet', workload('DaemonSet', 'apps/v1', { imagePullSecrets: [{ name: 'held' }] })],
  ['a CronJob', workload('CronJob', 'batch/v1', { imagePullSecrets: [{ name: 'held' }] })],
]
for (const [claim, object] of uses)
  test(`Pods that see a site value by way of ${claim} are stamped, anew with another value`, (t) => {
    const stamp = stamped(object)
    t.regex(stamp ?? '', /^[A-Za-z0-9_-]{22}$/)
    t.is(stamped(object), stamp)
    t.not(stamped(object, 'two'), stamp)
  })

const free: [claim: string, object: KubeObject][] = [
  ['use none', deployment({ imagePullSecrets: [{ name: 'other' }] })],
  [
    'use one of the same name in another namespace',
    deployment({ imagePullSecrets: [{ name: 'held' }] }, 'other'),
  ],
  [
    'are of a Job, which cannot be changed',
    workload('Job', 'batch/v1', { imagePullSecrets: [{ name: 'held' }] }),
  ],
  ['are no Pods at all', { ...held, metadata: { name: 'x', namespace: 'shop' } }],
  [
    'have a spec of a wrong type',
    deployment({ volumes: 'x', imagePullSecrets: {}, initContainers: [1, null] }),
  ],
]
for (const [claim, object] of free)
  test(`Pods that ${claim} are not stamped`, (t) => t.is(stamped(object), undefined))

test('what a value is made of comes before it, and goes along with it', (t) => {
  const ca: SiteValue = { id: 'a/ca', recipe: certificate('ca', { authority: true }), places: [] }
  const leaf: SiteValue = { id: 'a/a', recipe: certificate('x', { issuer: 'a/ca' }), places: [] }
  const line: SiteValue = {
    id: 'a/line',
    recipe: { made: 'htpasswd', user: null, of: 'app/admin' },
    places: [],
  }
  const ordered = inMakingOrder([leaf, line, ca, ...values])
  t.deepEqual(
    ordered.map(({ id }) => id),
    ['a/ca', 'a/a', 'app/admin', 'a/line', 'secret:shop/licence/key'],
  )
  t.deepEqual(Array.from(withDependents(['app/admin', 'a/ca'], ordered)).sort(), [
    'a/a',
    'a/ca',
    'a/line',
    'app/admin',
  ])
  t.deepEqual(
    withOrigins(['a/a'], ordered).map(({ id }) => id),
    ['a/ca', 'a/a'],
  )
})
