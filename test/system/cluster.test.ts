import test from 'ava'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serviceOf } from '../../src/core/discovery.ts'
import type { Address, Cluster, Refusal, Reply } from '../../src/core/effects/cluster.ts'
import { problemOfRefusal } from '../../src/core/refusal.ts'
import { openCluster } from '../../src/system/cluster.ts'
import { freePorts } from '../control-plane/component.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { startControlPlane } from '../control-plane/start.ts'

const open = async (kubeconfig: string): Promise<Cluster> => {
  const opened = await openCluster({ kubeconfig }, {})
  if (!opened.ok) throw new Error(opened.problem.what)
  return opened.cluster
}

const valueOf = <T>(reply: Reply<T>): T => {
  if (!reply.ok) throw new Error(`${reply.refusal.status} ${reply.refusal.message}`)
  return reply.value
}

const refusalOf = (reply: Reply<unknown>): Refusal => {
  if (reply.ok) throw new Error('it was not refused')
  return reply.refusal
}

const addressIn = async (
  cluster: Cluster,
  kind: string,
  namespace: string,
  name: string,
): Promise<Address> => {
  const service = serviceOf(valueOf(await cluster.discover()), 'v1', kind)
  if (service.served !== 'yes') throw new Error(`${kind} is not served`)
  return { kind: service.kind, namespace, name }
}

const folder = async (): Promise<string> => await mkdtemp(join(tmpdir(), 'scout-cluster-'))

const kubeconfigFor = async (dir: string, server: string, user: object): Promise<string> => {
  const file = join(dir, 'kubeconfig')
  const cluster = { server, 'insecure-skip-tls-verify': true }
  await writeFile(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  )
  return file
}

test('a server that is not there is reported with its URL and the kubeconfig, as a problem of the world', async (t) => {
  const dir = await folder()
  const [port] = await freePorts(1)
  const kubeconfig = await kubeconfigFor(dir, `https://127.0.0.1:${port}`, { token: 'x' })
  const cluster = await open(kubeconfig)
  const refusal = refusalOf(await cluster.discover())
  t.like(refusal, { status: 0, reason: 'ECONNREFUSED' })
  const problem = problemOfRefusal(refusal)
  t.like(problem, { code: 'cluster/unreachable', fault: 'world' })
  t.true(problem.what.includes(`https://127.0.0.1:${port}`) && problem.what.includes(kubeconfig))
  await rm(dir, { recursive: true })
})

test('a certificate that nobody vouches for is reported, and not tried again', async (t) => {
  const { url } = await sharedControlPlane()
  const dir = await folder()
  const file = await kubeconfigFor(dir, url, { token: 'x' })
  await writeFile(
    file,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: url } }],
      users: [{ name: 'u', user: { token: 'x' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  )
  const refusal = refusalOf(await (await open(file)).discover())
  t.is(refusal.status, 0)
  t.regex(refusal.message, /certificate/)
  await rm(dir, { recursive: true })
})

const broken: [claim: string, content: string | undefined, words: RegExp][] = [
  ['that is missing', undefined, /^There is no kubeconfig \S+\.$/],
  ['that is no YAML', '{', /cannot be read/],
  ['without clusters', '{}', /no cluster in its current context/],
  [
    'whose context names no cluster',
    '{"contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],"current-context":"x"}',
    /no cluster in its current context/,
  ],
  [
    'whose server is no URL',
    '{"clusters":[{"name":"c","cluster":{"server":"here"}}],"contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u","user":{}}],"current-context":"x"}',
    /no URL: here/,
  ],
]
for (const [claim, content, words] of broken)
  test(`a kubeconfig ${claim} is refused by name`, async (t) => {
    const dir = await folder()
    const kubeconfig = join(dir, 'config')
    if (content !== undefined) await writeFile(kubeconfig, content)
    const opened = await openCluster({ kubeconfig }, {})
    t.like(opened.ok ? {} : opened.problem, { code: 'cluster/kubeconfig', fault: 'world' })
    t.regex(opened.ok ? '' : opened.problem.what, words)
    t.true(!opened.ok && opened.problem.what.includes(kubeconfig))
    await rm(dir, { recursive: true })
  })

test('KUBECONFIG is used where no flag is given, the first of its files for the context', async (t) => {
  const { kubeconfig, url } = await sharedControlPlane()
  const dir = await folder()
  const other = await kubeconfigFor(dir, 'https://127.0.0.1:1', { token: 'x' })
  const named = JSON.parse(await (await import('node:fs/promises')).readFile(other, 'utf8')) as object
  await writeFile(other, JSON.stringify({ ...named, clusters: [], users: [], contexts: [] }))
  const opened = await openCluster({}, { KUBECONFIG: `${kubeconfig}:${other}` })
  t.is(opened.ok && opened.cluster.server, url)
  await rm(dir, { recursive: true })
})

test('a credential plugin is asked for a token, and who may not is named in the problem', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, 'plugin')
  const made = await controlPlane.request(
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`,
    {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
  )
  const dir = await folder()
  const plugin = join(dir, 'plugin')
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: made.body.status.token },
  }
  await writeFile(plugin, `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`)
  await chmod(plugin, 0o700)
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' }
  const cluster = await open(await kubeconfigFor(dir, controlPlane.url, { exec }))
  const address = await addressIn(cluster, 'ConfigMap', namespace, 'x')
  const problem = problemOfRefusal(refusalOf(await cluster.get(address)))
  t.like(problem, { code: 'cluster/forbidden' })
  t.is(
    problem.what,
    `system:serviceaccount:${namespace}:default may not get configmaps "x" in namespace ${namespace}.`,
  )

  await writeFile(plugin, '#!/bin/sh\necho no card >&2\nexit 1\n')
  const failing = await openCluster({ kubeconfig: join(dir, 'kubeconfig') }, {})
  t.like(failing.ok ? {} : failing.problem, { code: 'cluster/credentials' })
  t.regex(failing.ok ? '' : failing.problem.what, /no card/)
  await rm(dir, { recursive: true })
})

test('credentials that the server does not accept are reported as such', async (t) => {
  const { url } = await sharedControlPlane()
  const dir = await folder()
  const cluster = await open(await kubeconfigFor(dir, url, { token: 'made-up' }))
  t.like(problemOfRefusal(refusalOf(await cluster.discover())), {
    code: 'cluster/unauthorized',
    fault: 'world',
  })
  await rm(dir, { recursive: true })
})

test('discovery knows every built-in kind with its scope', async (t) => {
  const { kubeconfig } = await sharedControlPlane()
  const discovery = valueOf(await (await open(kubeconfig)).discover())
  t.false(discovery.silent.includes('apps'))
  const scopeOf = (apiVersion: string, kind: string) => {
    const service = serviceOf(discovery, apiVersion, kind)
    return service.served === 'yes' ? [service.kind.plural, service.kind.namespaced] : service.served
  }
  t.deepEqual(scopeOf('apps/v1', 'Deployment'), ['deployments', true])
  t.deepEqual(scopeOf('v1', 'Namespace'), ['namespaces', false])
  t.deepEqual(scopeOf('apps/v1', 'Nothing'), 'no')
})

test('an aggregated API whose server is gone is silent, not absent', async (t) => {
  // A control plane of its own: a dead API keeps every Namespace of a cluster from being deleted.
  const controlPlane = await startControlPlane()
  t.teardown(controlPlane.stop)
  const namespace = await freshNamespace(controlPlane, 'silent')
  const group = `${namespace}.example.com`
  await controlPlane.request('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
    body: {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `v1.${group}` },
      spec: {
        group,
        version: 'v1',
        service: { namespace, name: 'gone' },
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
      },
    },
  })
  const cluster = await open(controlPlane.kubeconfig)
  // The aggregator learns of an APIService a moment after it is made.
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    if (valueOf(await cluster.discover()).silent.includes(group)) break
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const discovery = valueOf(await cluster.discover())
  t.true(discovery.silent.includes(group))
  t.is(serviceOf(discovery, `${group}/v1`, 'Thing').served, 'unknown')
  t.is(serviceOf(discovery, 'apps/v1', 'Deployment').served, 'yes')
})

test('a list of more than a page is whole, and of metadata alone where that is asked for', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, 'pages')
  const cluster = await open(controlPlane.kubeconfig)
  const address = await addressIn(cluster, 'ConfigMap', namespace, 'x')
  const names = Array.from({ length: 520 }, (_, at) => `c-${String(at).padStart(3, '0')}`)
  await Promise.all(
    names.map(async (name) => {
      const object = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, labels: { page: 'yes' } },
        data: { a: name },
      }
      valueOf(await cluster.apply({ ...address, name }, object, { fieldManager: 'test', force: false }))
    }),
  )
  const whole = valueOf(await cluster.list(address.kind, { namespace, selector: 'page=yes' }))
  t.deepEqual(whole.map((one) => one.metadata.name).sort(), names)
  t.like(whole[0], { apiVersion: 'v1', kind: 'ConfigMap', data: { a: whole[0]?.metadata.name } })
  const bare = valueOf(
    await cluster.list(address.kind, { namespace, selector: 'page=yes', metadataOnly: true }),
  )
  t.is(bare.length, 520)
  t.true(bare.every((one) => one['data'] === undefined && one.metadata['uid'] !== undefined))
})

test('only 404 is absence; a deletion with the UID of another object is refused', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, 'remove')
  const cluster = await open(controlPlane.kubeconfig)
  const address = await addressIn(cluster, 'ConfigMap', namespace, 'x')
  const uid = '00000000-0000-0000-0000-000000000000'
  t.is(valueOf(await cluster.get(address)), undefined)
  t.is(valueOf(await cluster.remove(address, { uid, propagation: 'Background' })), 'gone')
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }
  valueOf(await cluster.create(address, object, { fieldManager: 'test' }))
  t.is(refusalOf(await cluster.remove(address, { uid, propagation: 'Background' })).status, 409)
  t.is(refusalOf(await cluster.create(address, object, { fieldManager: 'test' })).reason, 'AlreadyExists')
})

test('a field that the schema has not is refused, not dropped', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, 'strict')
  const cluster = await open(controlPlane.kubeconfig)
  const address = await addressIn(cluster, 'ConfigMap', namespace, 'x')
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, spec: { no: 'such' } }
  const refusal = refusalOf(await cluster.apply(address, object, { fieldManager: 'test', force: false }))
  t.regex(refusal.message, /spec/)
})

/** In front of the real server: fails the first requests in the given ways, then passes on what is read. */
const startUnreliable = async (ways: (number | 'reset')[]) => {
  const controlPlane = await sharedControlPlane()
  let asked = 0
  const server = http.createServer((incoming, outgoing) => {
    const way = ways[asked++]
    if (way === 'reset') return void incoming.socket.destroy()
    if (way !== undefined) return void outgoing.writeHead(way, { 'retry-after': '0' }).end('{}')
    void controlPlane.request('GET', incoming.url as string).then((answer) => {
      outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const dir = await folder()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    cluster: await open(await kubeconfigFor(dir, url, {})),
    asked: () => asked,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await rm(dir, { recursive: true })
    },
  }
}

test('what may pass (429, 5xx, a reset connection) is asked again; a 400 is not', async (t) => {
  const passing = await startUnreliable([429, 500, 502, 503, 504, 'reset'])
  const kind = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false }
  const found = await passing.cluster.get({ kind, namespace: '', name: 'default' })
  t.is(valueOf(found)?.metadata.name, 'default')
  t.is(passing.asked(), 7)
  await passing.stop()

  const lasting = await startUnreliable([400])
  t.is(refusalOf(await lasting.cluster.get({ kind, namespace: '', name: 'default' })).status, 400)
  t.is(lasting.asked(), 1)
  await lasting.stop()
})

test('an answer that is no Kubernetes object is a refusal, and never absence', async (t) => {
  const kind = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }
  const address = { kind, namespace: 'default', name: 'x' }
  const asks: ((cluster: Cluster) => Promise<Reply<unknown>>)[] = [
    (cluster) => cluster.get(address),
    (cluster) => cluster.list(kind, {}),
    (cluster) => cluster.discover(),
  ]
  for (const ask of asks) {
    // `{}`, with which some proxies greet
    const { cluster, stop } = await startUnreliable([200, 200])
    t.is(refusalOf(await ask(cluster)).reason, 'NotKubernetes')
    await stop()
  }
})

test('a kind that is not served is no absence of its objects', async (t) => {
  const { kubeconfig } = await sharedControlPlane()
  const cluster = await open(kubeconfig)
  const kind = { group: 'nobody.example', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true }
  const address = { kind, namespace: 'default', name: 'x' }
  t.is(refusalOf(await cluster.get(address)).status, 404)
  t.is(refusalOf(await cluster.remove(address, { uid: 'x', propagation: 'Background' })).status, 404)
})
