import test from 'ava'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { compare } from 'bcryptjs'
import { startProxy } from '../control-plane/proxy.ts'
import { statusOf } from '../../src/control-plane/pipeline.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { applied, configMap, freshSet, job, open, plannedOnly } from './set.ts'
import { textsOf, tracesOf } from './traces.ts'
import {
  certificate,
  hole,
  password,
  rotate,
  secret,
  supply,
  systemWith,
  valuedBundle,
  webhook,
} from './valued.ts'

const smtp = 'smtp-secret-1'

test('a first apply makes each value once and puts it in all its places, and the same again writes nothing', async (t) => {
  const { controlPlane, request, namespace, set } = await freshSet('valued')
  const proxy = await startProxy(controlPlane)
  const cluster = await open(proxy.kubeconfig)
  const bundle = valuedBundle(set, namespace)
  await supply(cluster, bundle, { 'app/smtp': smtp })
  const dry = await plannedOnly(cluster, bundle)
  t.deepEqual(dry.problems, undefined)
  t.deepEqual(
    dry.plan?.siteValues.map((one) => `${one.do} ${one.id}`),
    [
      'make app/admin',
      'make app/admin-line',
      'make app/ca',
      'keep app/smtp',
      'make app/tls',
      'make app/token-key',
    ],
  )
  const first = await applied(cluster, bundle)
  t.deepEqual(first.problems, undefined)

  const web = await textsOf(request, namespace, 'secrets', 'web')
  const tls = await textsOf(request, namespace, 'secrets', 'tls')
  const ca = await textsOf(request, namespace, 'secrets', 'ca')
  const admin = web['password'] ?? ''
  t.regex(admin, /^[A-Za-z0-9]{24}$/)
  t.is(web['dsn'], `pg://app:${admin}@db`)
  t.is(Buffer.from(web['nested'] ?? '', 'base64').toString(), `user:${admin}`)
  t.true(await compare(admin, (web['htpasswd'] ?? '').slice('admin:'.length)))
  const [authority, leaf] = [
    new X509Certificate(tls['ca.crt'] ?? ''),
    new X509Certificate(tls['tls.crt'] ?? ''),
  ]
  t.true(leaf.checkIssued(authority) && leaf.verify(authority.publicKey))
  t.true(leaf.checkPrivateKey(createPrivateKey(tls['tls.key'] ?? '')))
  t.true(authority.checkPrivateKey(createPrivateKey(ca['tls.key'] ?? '')))
  const settings = await request('GET', `/api/v1/namespaces/${namespace}/configmaps/settings`)
  t.is(settings.body.data['app.yaml'], `a: 1\nmail: ${smtp}\n`)
  t.is(settings.body.metadata.annotations.mail, smtp)
  const hook = await request(
    'GET',
    `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/hook-${namespace}`,
  )
  t.is(Buffer.from(hook.body.webhooks[0].clientConfig.caBundle, 'base64').toString(), tls['ca.crt'] ?? '')

  proxy.reset()
  const second = await applied(cluster, bundle)
  t.deepEqual(second.problems, undefined)
  t.deepEqual(
    proxy
      .mutating()
      .filter((one) => !one.path.includes('/leases'))
      .map((one) => `${one.method} ${one.path}`),
    [],
  )
  t.deepEqual(new Set(second.plan?.siteValues.map((one) => one.do)), new Set(['keep']))
  await proxy.stop()

  const values = [
    admin,
    web['htpasswd'] ?? '',
    web['key'] ?? '',
    tls['tls.key'] ?? '',
    ca['tls.key'] ?? '',
    smtp,
  ]
  t.deepEqual(await tracesOf(request, set, namespace, values, [dry, first, second]), [])
  t.true((await tracesOf(request, set, namespace, [admin], [{ leak: admin }])).length > 0)
})

test('a rotated value changes what holds it and what is made of it, and rolls the Pods that use it and no others', async (t) => {
  const { request, namespace, set, cluster } = await freshSet('rotated')
  const bundle = valuedBundle(set, namespace)
  await supply(cluster, bundle, { 'app/smtp': smtp })
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  const [web, tls] = [
    await textsOf(request, namespace, 'secrets', 'web'),
    await textsOf(request, namespace, 'secrets', 'tls'),
  ]
  const generationOf = async (name: string): Promise<number> =>
    (await request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`)).body.metadata
      .generation
  const before = [await generationOf('web'), await generationOf('plain')]
  const stored = await rotate(cluster, bundle, 'app/admin', 'app/ca')
  t.deepEqual(
    stored.map((one) => one.id),
    ['app/admin', 'app/admin-line', 'app/ca', 'app/tls'],
  )
  const again = await applied(cluster, bundle)
  t.deepEqual(again.problems, undefined)
  const [next, nextTls] = [
    await textsOf(request, namespace, 'secrets', 'web'),
    await textsOf(request, namespace, 'secrets', 'tls'),
  ]
  t.not(next['password'], web['password'])
  t.true(await compare(next['password'] ?? '', (next['htpasswd'] ?? '').slice('admin:'.length)))
  t.is(next['key'], web['key'])
  t.not(nextTls['tls.crt'], tls['tls.crt'])
  t.true(
    new X509Certificate(nextTls['tls.crt'] ?? '').verify(
      new X509Certificate(nextTls['ca.crt'] ?? '').publicKey,
    ),
  )
  t.deepEqual([await generationOf('web'), await generationOf('plain')], [(before[0] ?? 0) + 1, before[1]])
})

test('a hook gets the values as well, runs again after a rotation, and nothing that holds a value looks drifted', async (t) => {
  const { request, namespace, set, cluster } = await freshSet('hooked')
  const hook = {
    ...job('migrate', { word: hole('app/admin') }),
    metadata: {
      name: 'migrate',
      annotations: {
        'helm.sh/hook': 'pre-install,pre-upgrade',
        'helm.sh/hook-delete-policy': 'before-hook-creation',
      },
    },
  }
  const objects = [secret('web', { password: hole('app/admin') }), hook]
  const bundle = valuedBundle(set, namespace, 1, objects, [
    { id: 'app/admin', recipe: password(), places: [] },
  ])
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  const argsOf = async (): Promise<string[]> =>
    (await request('GET', `/apis/batch/v1/namespaces/${namespace}/jobs/migrate`)).body.spec.template.spec
      .containers[0].args
  const first = await textsOf(request, namespace, 'secrets', 'web')
  t.deepEqual(await argsOf(), [first['password']])
  const driftedIn = async () =>
    (await statusOf(set, systemWith(cluster))).objects.filter((one) => one.drifted).map((one) => one.id.name)
  t.deepEqual(await driftedIn(), [])
  await request('PATCH', `/api/v1/namespaces/${namespace}/secrets/web?fieldManager=helm`, {
    body: { data: { password: 'bWluZQ==' } },
    type: 'application/merge-patch+json',
  })
  t.deepEqual(await driftedIn(), ['web'])
  await rotate(cluster, bundle, 'app/admin')
  const again = await applied(cluster, bundle)
  t.deepEqual(again.problems, undefined)
  const second = await textsOf(request, namespace, 'secrets', 'web')
  t.not(second['password'], first['password'])
  t.deepEqual(await argsOf(), [second['password']])
})

test('the API server calls a webhook that shows a certificate of ours, by the caBundle that was put in place', async (t) => {
  const { request, namespace, set, cluster } = await freshSet('called')
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const configuration = webhook(namespace)
  const [hook] = configuration['webhooks'] as [JsonObject]
  const { caBundle } = hook['clientConfig'] as JsonObject
  const objects = [
    secret('tls', { crt: hole('app/tls', 'certificate'), key: hole('app/tls', 'key') }),
    {
      ...configuration,
      webhooks: [
        {
          ...hook,
          failurePolicy: 'Fail',
          clientConfig: { caBundle: caBundle ?? '', url: `https://127.0.0.1:${port}/` },
        },
      ],
    },
  ]
  const bundle = valuedBundle(set, namespace, 1, objects, [
    { id: 'app/ca', recipe: certificate('ca', { authority: true }), places: [] },
    { id: 'app/tls', recipe: certificate('', { ipAddresses: ['127.0.0.1'], issuer: 'app/ca' }), places: [] },
  ])
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  const { crt, key } = await textsOf(request, namespace, 'secrets', 'tls')
  server.close()
  let asked = 0
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    asked++
    const review = JSON.parse(await text(incoming))
    outgoing.setHeader('content-type', 'application/json')
    outgoing.end(JSON.stringify({ ...review, response: { uid: review.request.uid, allowed: true } }))
  }
  const secure = createSecureServer(
    { cert: crt, key },
    (incoming, outgoing) => void answer(incoming, outgoing),
  )
  await new Promise<void>((resolve) => {
    secure.listen(port, '127.0.0.1', resolve)
  })
  t.teardown(() => {
    secure.closeAllConnections()
    secure.close()
  })
  // A webhook's configuration reaches the server's handlers within a moment.
  for (let at = 0; asked === 0 && at < 100; at++) {
    const made = await request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
      body: {
        ...configMap(`x${at}`),
        metadata: { name: `x${at}`, labels: { 'test.scout/never': namespace } },
      },
    })
    t.is(made.status, 201, made.text)
  }
  t.true(asked > 0)
})
