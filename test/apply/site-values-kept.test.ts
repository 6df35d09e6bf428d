import test from 'ava'
import { generateKeyPairSync } from 'node:crypto'
import { storeId } from '../../src/core/site-values/store.ts'
import {
  exportSiteValues,
  forgetSiteValues,
  listSiteValues,
  restoreSiteValues,
} from '../../src/control-plane/site-values-pipeline.ts'
import { statusOf } from '../../src/control-plane/pipeline.ts'
import { Refused } from '../../src/core/problem.ts'
import type { Problem } from '../../src/core/problem.ts'
import type { Told } from '../../src/core/stepper.ts'
import { maker } from '../../src/system/maker.ts'
import { startControlPlane } from '../control-plane/start.ts'
import { dyingAt, finished } from './dying.ts'
import { applied, bundleOf, configMap, freshSet, open, plannedOnly } from './set.ts'
import { textsOf } from './traces.ts'
import {
  certificate,
  hole,
  objectsIn,
  password,
  place,
  rotate,
  secret,
  someone,
  supply,
  systemWith,
  valuedBundle,
  valuesIn,
} from './valued.ts'

const problemsOf = async (run: () => Promise<unknown>): Promise<Problem[]> => {
  try {
    await run()
    return []
  } catch (error) {
    if (error instanceof Refused) return error.problems
    throw error
  }
}
const codesOf = async (run: () => Promise<unknown>): Promise<string[]> =>
  (await problemsOf(run)).map((one) => one.code)

/** A set with one password in one Secret. */
const simple = (set: string, namespace: string, sequence = 1) =>
  bundleOf(set, sequence, [
    {
      name: 'app',
      namespace,
      objects: [
        secret('web', { password: hole('app/admin') }),
        configMap('x', { sequence: String(sequence) }),
      ],
      siteValues: [{ id: 'app/admin', recipe: password(), places: [place(namespace, 'web', 'password')] }],
    },
  ])

test('killed at any write, a rerun goes on with the values that were kept, and never makes a second one', async (t) => {
  const { controlPlane, request } = await freshSet('values-killed')
  const real = await open(controlPlane.kubeconfig)
  for (let writes = 0; ; writes++) {
    const { namespace, set } = await freshSet('values-killed')
    const bundle = simple(set, namespace)
    const storePath = `/api/v1/namespaces/scout-system/secrets/${storeId(set).name}`
    const lived = await finished(() => applied(dyingAt(real, writes).cluster, bundle))
    const kept = (await request('GET', storePath)).body.data
    t.deepEqual((await applied(real, bundle)).problems, undefined)
    const after = (await request('GET', storePath)).body.data
    if (kept !== undefined) t.deepEqual(after, kept, `killed at write ${writes}`)
    const web = await textsOf(request, namespace, 'secrets', 'web')
    t.is(web['password'], Buffer.from(after['app_admin.value'], 'base64').toString())
    if (lived) {
      t.true(writes > 3)
      return
    }
    // The store is the first write of all but the namespace of inventories.
    if (writes > 1) t.not(kept, undefined)
  }
})

test('what Helm has made is taken over; what does not fit together is made anew, and said', async (t) => {
  const { request, namespace, set, cluster } = await freshSet('taken')
  const ca = await maker.make(certificate('old-ca', { authority: true }) as never, undefined, Date.now())
  const tls = await maker.make(certificate('old', { issuer: 'app/ca' }) as never, ca, Date.now())
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs1',
    format: 'pem',
  })
  const make = (name: string, texts: { [key: string]: string }) =>
    request('POST', `/api/v1/namespaces/${namespace}/secrets?fieldManager=helm`, {
      body: secret(name, texts),
    })
  const bundle = valuedBundle(set, namespace)
  await supply(cluster, bundle, { 'app/smtp': 'x1' })
  await make('web', { password: 'made-by-helm', key: String(stranger), dsn: 'pg://app:another@db' })
  await make('tls', {
    'ca.crt': ca.certificate ?? '',
    'tls.crt': tls.certificate ?? '',
    'tls.key': tls.key ?? '',
  })
  await make('ca', { 'tls.key': ca.key ?? '' })
  const { plan, problems, told } = await plannedOnly(cluster, bundle)
  t.deepEqual(problems, undefined)
  t.deepEqual(
    plan?.siteValues.map((one) => `${one.do} ${one.id}`),
    [
      'take over app/admin',
      'make app/admin-line',
      'take over app/ca',
      'keep app/smtp',
      'take over app/tls',
      'take over app/token-key',
    ],
  )
  t.true(told.some((one) => one.tell === 'warning' && one.problem.code === 'apply/places-differ'))
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  t.is((await textsOf(request, namespace, 'secrets', 'web'))['dsn'], 'pg://app:made-by-helm@db')
  t.is((await textsOf(request, namespace, 'secrets', 'tls'))['tls.key'], tls.key?.trimEnd() ?? '')

  const other = await freshSet('taken')
  const lone = valuedBundle(other.set, other.namespace)
  await supply(other.cluster, lone, { 'app/smtp': 'x1' })
  await other.request('POST', `/api/v1/namespaces/${other.namespace}/secrets`, {
    body: secret('tls', {
      'ca.crt': ca.certificate ?? '',
      'tls.crt': tls.certificate ?? '',
      'tls.key': tls.key ?? '',
    }),
  })
  await other.request('POST', `/api/v1/namespaces/${other.namespace}/secrets`, {
    body: secret('web', { password: hole('app/admin') }),
  })
  const second = await plannedOnly(other.cluster, lone)
  t.deepEqual(
    second.plan?.siteValues.map((one) => `${one.do} ${one.id}`),
    [
      'make app/admin',
      'make app/admin-line',
      'make app/ca',
      'keep app/smtp',
      'make app/tls',
      'make app/token-key',
    ],
  )
  t.deepEqual(
    second.told.flatMap((one) =>
      one.tell === 'warning' && one.problem.code.startsWith('apply/') ? [one.problem.code] : [],
    ),
    // The Secrets are nobody's whom we know: what is made anew meets them.
    ['apply/not-taken-over', 'apply/not-taken-over', 'apply/conflict', 'apply/conflict'],
  )
})

test('a value that people supply and a Secret that is read are asked for by name, and nothing is written', async (t) => {
  const { request, namespace, set, cluster } = await freshSet('missing')
  const values = valuesIn(namespace)
  const id = `secret:${namespace}/licence/key`
  const read = { id, recipe: { made: 'read', secret: 'licence', namespace, key: 'key' } as const, places: [] }
  const objects = [configMap('x', { mail: hole('app/smtp'), licence: hole(id) })]
  const smtp = values.filter((one) => one.id === 'app/smtp')
  const bundle = valuedBundle(set, namespace, 1, objects, [...smtp, read])
  t.like((await applied(cluster, bundle)).problems, [{ code: 'apply/site-value-unreadable' }])
  await request('POST', `/api/v1/namespaces/${namespace}/secrets`, {
    body: secret('licence', { key: 'L-1' }),
  })
  const { problems } = await applied(cluster, bundle)
  t.like(problems, [{ code: 'apply/site-value-missing' }])
  t.regex(problems?.[0]?.fix ?? '', /supply app\/smtp --from FILE/)
  t.is((await request('GET', `/api/v1/namespaces/scout-system/secrets/${storeId(set).name}`)).status, 404)
  await supply(cluster, bundle, { 'app/smtp': 'p1' })
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  const path = `/api/v1/namespaces/${namespace}/configmaps/x`
  t.deepEqual((await request('GET', path)).body.data, { mail: 'p1', licence: 'L-1' })
  await request('PUT', `/api/v1/namespaces/${namespace}/secrets/licence`, {
    body: secret('licence', { key: 'L-2' }),
  })
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  t.is((await request('GET', path)).body.data.licence, 'L-2')
})

test('a store that was edited by hand stops everything, and a rotation of exactly that value mends it', async (t) => {
  const { request, namespace, set, cluster } = await freshSet('edited')
  const bundle = simple(set, namespace)
  await applied(cluster, bundle)
  const path = `/api/v1/namespaces/scout-system/secrets/${storeId(set).name}`
  const patch = (body: object) => request('PATCH', path, { body, type: 'application/merge-patch+json' })
  await patch({ data: { 'app_admin.value': Buffer.from('mine').toString('base64') } })
  t.like((await applied(cluster, bundle)).problems, [{ code: 'apply/edited-site-value' }])
  t.like(await listSiteValues(bundle, systemWith(cluster)), [{ id: 'app/admin', state: 'edited' }])
  await rotate(cluster, bundle, 'app/admin')
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)

  const { metadata } = (await request('GET', path)).body.data
  const changes: [object, RegExp][] = [
    [{ data: { metadata: Buffer.from('{"format":9}').toString('base64') } }, /it has format 9/],
    [{ data: { metadata: Buffer.from('{"form').toString('base64') } }, /no JSON/],
    [{ data: { metadata, key: 'AAAA' } }, /its key is damaged/],
    [{ data: { metadata, stray: 'AAAA' } }, /stray/],
  ]
  const whole = (await request('GET', path)).body.data
  for (const [change, words] of changes) {
    await patch(change)
    const { problems } = await applied(cluster, bundle)
    t.like(problems, [{ code: 'apply/broken-site-values' }])
    t.regex(problems?.[0]?.what ?? '', words)
    // Whoever looks after it at night still sees how the set is.
    const told: Told[] = []
    const status = await statusOf(set, { ...systemWith(cluster), tell: (one) => told.push(one) })
    t.true(status.objects.length > 0 && status.objects.every((one) => !one.drifted))
    t.true(told.some((one) => one.tell === 'warning' && one.problem.code === 'apply/broken-site-values'))
    await patch({ data: { ...whole, stray: null } })
  }
  await patch({ metadata: { labels: { 'scout.airgap/site-values': 'applyset-other-v1' } } })
  t.like((await applied(cluster, bundle)).problems, [{ code: 'apply/foreign-site-values' }])
})

test('values that are in use and gone from the store are never made anew unasked', async (t) => {
  const { request, namespace, set, cluster } = await freshSet('lost')
  const bundle = bundleOf(set, 1, [
    {
      name: 'app',
      namespace,
      objects: [secret('web', { password: hole('app/admin') }), configMap('x', { token: hole('app/token') })],
      siteValues: [
        { id: 'app/admin', recipe: password(), places: [place(namespace, 'web', 'password')] },
        { id: 'app/token', recipe: password(), places: [] },
      ],
    },
  ])
  await applied(cluster, bundle)
  const before = await textsOf(request, namespace, 'secrets', 'web')
  await request('DELETE', `/api/v1/namespaces/scout-system/secrets/${storeId(set).name}`)
  const { problems } = await applied(cluster, bundle)
  t.like(problems, [{ code: 'apply/site-values-lost' }])
  t.regex(problems?.[0]?.what ?? '', /app\/token/)
  await rotate(cluster, bundle, 'app/token')
  const again = await applied(cluster, bundle)
  t.deepEqual(again.problems, undefined)
  t.deepEqual(
    again.plan?.siteValues.map((one) => one.do),
    ['take over', 'keep'],
  )
  t.deepEqual(await textsOf(request, namespace, 'secrets', 'web'), before)
})

test('a store that somebody writes while a plan is carried out stops the run before it writes anything', async (t) => {
  const { namespace, set, cluster, request } = await freshSet('moved')
  await applied(cluster, simple(set, namespace))
  const next = simple(set, namespace, 2)
  const meddling: typeof cluster = {
    ...cluster,
    update: async (address, ...rest) => {
      // Between plan and lock another one rotates.
      if (address.kind.plural === 'leases' && !rotated) {
        rotated = true
        await rotate(cluster, next, 'app/admin')
        const lease = await cluster.get(address)
        if (lease.ok && lease.value) {
          const [body, options] = rest
          const { resourceVersion } = lease.value.metadata
          return await cluster.update(
            address,
            { ...body, metadata: { ...body.metadata, resourceVersion: resourceVersion ?? '' } },
            options,
          )
        }
      }
      return await cluster.update(address, ...rest)
    },
  }
  let rotated = false
  t.like((await applied(meddling, next)).problems, [{ code: 'apply/site-values-moved' }])
  const path = `/api/v1/namespaces/${namespace}/configmaps/x`
  t.is((await request('GET', path)).body.data.sequence, '1')
  t.deepEqual((await applied(cluster, next)).problems, undefined)
})

test('two first applies at once make one set of values', async (t) => {
  const { namespace, set, cluster, request } = await freshSet('two')
  const bundle = simple(set, namespace)
  const both = await Promise.all([applied(cluster, bundle), applied(cluster, bundle)])
  t.is(both.filter((one) => one.problems === undefined).length, 1)
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  const stored = (await request('GET', `/api/v1/namespaces/scout-system/secrets/${storeId(set).name}`)).body
  const web = await textsOf(request, namespace, 'secrets', 'web')
  t.is(Buffer.from(stored.data['app_admin.value'], 'base64').toString(), web['password'] ?? '')
})

test('a backup brings the same values to a new cluster, and overwrites others only where that is meant', async (t) => {
  const { namespace, set, cluster, request } = await freshSet('backup')
  const bundle = valuedBundle(
    set,
    namespace,
    1,
    objectsIn(namespace).filter(({ kind }) => kind !== 'Deployment'),
  )
  await supply(cluster, bundle, { 'app/smtp': 'p1' })
  await applied(cluster, bundle)
  const { content } = await exportSiteValues(bundle, systemWith(cluster))

  const second = await startControlPlane({ without: ['kube-scheduler', 'kwok', 'kube-controller-manager'] })
  t.teardown(() => second.stop())
  const fresh = await open(second.kubeconfig)
  const backup = { content, file: 'values.age', replace: false }
  await restoreSiteValues(bundle, backup, someone(), systemWith(fresh))
  t.deepEqual((await applied(fresh, bundle)).problems, undefined)
  for (const name of ['web', 'tls', 'ca'])
    t.deepEqual(
      await textsOf(second.request, namespace, 'secrets', name),
      await textsOf(request, namespace, 'secrets', name),
    )

  await rotate(fresh, bundle, 'app/admin')
  const refused = await problemsOf(() => restoreSiteValues(bundle, backup, someone(), systemWith(fresh)))
  t.like(refused, [{ code: 'apply/other-site-values' }])
  t.regex(refused[0]?.what ?? '', /for: app\/admin, app\/admin-line\.$/)
  await restoreSiteValues(bundle, { ...backup, replace: true }, someone(), systemWith(fresh))
  const plan = await plannedOnly(fresh, bundle)
  t.true(plan.plan?.siteValues.every((one) => one.do === 'keep'))
  const path = `/api/v1/namespaces/scout-system/secrets/${storeId(set).name}`
  await second.request('PATCH', path, {
    body: { data: { metadata: 'AAAA' } },
    type: 'application/merge-patch+json',
  })
  t.deepEqual(await codesOf(() => restoreSiteValues(bundle, backup, someone(), systemWith(fresh))), [
    'apply/broken-site-values',
  ])
  await restoreSiteValues(bundle, { ...backup, replace: true }, someone(), systemWith(fresh))
  t.deepEqual((await applied(fresh, bundle)).problems, undefined)
  t.deepEqual(
    await codesOf(() =>
      restoreSiteValues(
        { ...bundle, manifest: { ...bundle.manifest, name: 'other' } },
        backup,
        someone(),
        systemWith(fresh),
      ),
    ),
    ['apply/other-backup'],
  )
})

test('a value that the bundle has no more is kept until it is forgotten; one in use is not forgotten', async (t) => {
  const { namespace, set, cluster } = await freshSet('forget')
  await applied(cluster, simple(set, namespace))
  const without = bundleOf(set, 2, [{ name: 'app', namespace, objects: [configMap('x')] }])
  const forget = (bundle: typeof without) =>
    codesOf(() => forgetSiteValues(bundle, ['app/admin'], someone(), systemWith(cluster)))
  t.deepEqual(await forget(simple(set, namespace)), ['usage/site-value'])
  t.deepEqual(await forget(without), ['usage/site-value'])
  t.deepEqual((await applied(cluster, without)).problems, undefined)
  t.like(await listSiteValues(without, systemWith(cluster)), [{ id: 'app/admin', state: 'unused' }])
  t.deepEqual(await forget(without), [])
  t.deepEqual(await listSiteValues(without, systemWith(cluster)), [])
})

test('a recipe that has changed keeps the value and says so; a certificate that ends soon is named', async (t) => {
  const { namespace, set, cluster, request } = await freshSet('recipe')
  const bundle = (length: number, days: number) =>
    bundleOf(set, 1, [
      {
        name: 'app',
        namespace,
        objects: [secret('web', { password: hole('app/admin'), crt: hole('app/tls', 'certificate') })],
        siteValues: [
          { id: 'app/admin', recipe: password(length), places: [] },
          { id: 'app/tls', recipe: certificate('app', { days }), places: [] },
        ],
      },
    ])
  const codes = (told: { tell: string; problem?: Problem }[]) =>
    told.flatMap((one) => (one.problem ? [one.problem.code] : []))
  const first = await applied(cluster, bundle(12, 20))
  t.deepEqual(codes(first.told), ['apply/certificate-ends'])
  const second = await applied(cluster, bundle(30, 20))
  t.deepEqual(codes(second.told), ['apply/recipe-changed', 'apply/certificate-ends'])
  t.is((await textsOf(request, namespace, 'secrets', 'web'))['password']?.length, 12)
  await rotate(cluster, bundle(30, 365), 'app/admin', 'app/tls')
  const third = await applied(cluster, bundle(30, 365))
  t.deepEqual(codes(third.told), [])
  t.is((await textsOf(request, namespace, 'secrets', 'web'))['password']?.length, 30)
})

test('no value gets into a message, though the server quotes it: in a dry run, in an apply, in a status', async (t) => {
  const { namespace, set, cluster } = await freshSet('quoted')
  const id = 'app/admin'
  const objects = [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { ports: [{ port: 80, protocol: hole(id) }], selector: { app: hole(id) } },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', labels: { a: `-${hole(id)}` } } },
  ]
  const bundle = bundleOf(set, 1, [
    { name: 'app', namespace, objects, siteValues: [{ id, recipe: { made: 'supplied' }, places: [] }] },
  ])
  const value = 'Quoted-Secret-42'
  await supply(cluster, bundle, { [id]: value })
  for (const result of [await plannedOnly(cluster, bundle), await applied(cluster, bundle)]) {
    const text = JSON.stringify(result)
    t.true(
      result.problems?.some((one) => one.what.includes('(site value)')),
      text,
    )
    t.false(text.includes(value))
    t.false(text.includes(Buffer.from(value).toString('base64').slice(0, -2)))
  }
})
