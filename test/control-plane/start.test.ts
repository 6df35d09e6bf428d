import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type http from 'node:http'
import https from 'node:https'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { execa } from 'execa'
import type { ControlPlane } from './control-plane.ts'
import type { Json } from './request.ts'
import { startProxy } from './proxy.ts'
import { freshNamespace, sharedControlPlane } from './shared.ts'
import { startControlPlane } from './start.ts'
import { pinnedKubernetes } from './programs.ts'

const kubectl = async (
  controlPlane: ControlPlane,
  args: readonly string[],
  { kubeconfig = controlPlane.kubeconfig, input = '' } = {},
) => execa(controlPlane.kubectl, [...args, '--kubeconfig', kubeconfig], { input, reject: false })

const eventually = async (holds: () => Promise<boolean>, patience = 20_000) => {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(100)) {
    if (await holds()) {
      return true
    }
  }

  return false
}

const hasLine = async (stream: Readable, matches: (line: string) => boolean) => {
  for await (const line of createInterface(stream)) {
    if (matches(line)) {
      return true
    }
  }

  return false
}

const podTemplate = (fate?: string) => ({
  metadata: { labels: { app: 'web' }, annotations: fate === undefined ? {} : { 'test.scout/fate': fate } },
  spec: { containers: [{ name: 'web', image: 'registry.test/web:1' }] },
})

const deployment = (fate?: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: podTemplate(fate) },
})

const job = (fate?: string) => {
  const {
    metadata: { annotations },
    spec,
  } = podTemplate(fate)
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate' },
    spec: {
      backoffLimit: 0,
      template: { metadata: { annotations }, spec: { ...spec, restartPolicy: 'Never' } },
    },
  }
}

const conditionOf = (object: Json, type: string): string | undefined =>
  object.status?.conditions?.find((condition: Json) => condition.type === type)?.status

test('the API server is of the pinned version', async (t) => {
  const { request } = await sharedControlPlane()
  const { status, body } = await request('GET', '/version')
  t.is(status, 200)
  t.is(body.gitVersion, `v${pinnedKubernetes}`)
})

test('a Deployment becomes available', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane)
  const url = `/apis/apps/v1/namespaces/${namespace}/deployments`
  t.is((await controlPlane.request('POST', url, { body: deployment() })).status, 201)
  t.true(
    await eventually(
      async () => conditionOf((await controlPlane.request('GET', `${url}/web`)).body, 'Available') === 'True',
    ),
  )
})

for (const fate of ['pending', 'unready', 'crash']) {
  test(`no Pod of a Deployment is ready where its fate is ${fate}`, async (t) => {
    const controlPlane = await sharedControlPlane()
    const namespace = await freshNamespace(controlPlane)
    await controlPlane.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
      body: deployment(fate),
    })
    const pods = async () =>
      (await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/pods`)).body.items
    const met: Record<string, (pod: Json) => boolean> = {
      pending: (pod) => pod.status.phase === 'Pending' && conditionOf(pod, 'PodScheduled') === 'True',
      unready: (pod) => pod.status.phase === 'Running' && conditionOf(pod, 'Ready') === 'False',
      crash: (pod) => pod.status.containerStatuses?.[0].state.waiting?.reason === 'CrashLoopBackOff',
    }
    t.true(
      await eventually(async () => {
        const found = await pods()
        return found.length === 2 && found.every(met[fate]!)
      }),
    )
    await sleep(1000)
    t.true((await pods()).every(met[fate]!))
  })
}

test('a Job completes', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane)
  const url = `/apis/batch/v1/namespaces/${namespace}/jobs`
  t.is((await controlPlane.request('POST', url, { body: job() })).status, 201)
  t.true(
    await eventually(
      async () =>
        conditionOf((await controlPlane.request('GET', `${url}/migrate`)).body, 'Complete') === 'True',
    ),
  )
})

test('a Job fails where the fate of its Pods is to crash', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane)
  const url = `/apis/batch/v1/namespaces/${namespace}/jobs`
  await controlPlane.request('POST', url, { body: job('crash') })
  t.true(
    await eventually(
      async () =>
        conditionOf((await controlPlane.request('GET', `${url}/migrate`)).body, 'Failed') === 'True',
    ),
  )
})

test('a deleted namespace goes away with all that is in it', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane)
  await controlPlane.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    body: deployment(),
  })
  t.true(
    await eventually(
      async () =>
        (await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/pods`)).body.items.length === 2,
    ),
  )
  t.is((await controlPlane.request('DELETE', `/api/v1/namespaces/${namespace}`)).status, 200)
  t.true(
    await eventually(
      async () => (await controlPlane.request('GET', `/api/v1/namespaces/${namespace}`)).status === 404,
      30_000,
    ),
  )
})

test('a user may do nothing until RBAC says so, and then that only', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane)
  const kubeconfig = await controlPlane.userKubeconfig('ann', [`${namespace}-readers`])
  const before = await kubectl(controlPlane, ['get', 'configmaps', '-n', namespace], { kubeconfig })
  t.not(before.exitCode, 0)
  t.regex(before.stderr, /User "ann" cannot list resource "configmaps"/)

  await kubectl(controlPlane, [
    'create',
    'rolebinding',
    'readers',
    '--clusterrole=view',
    `--group=${namespace}-readers`,
    '-n',
    namespace,
  ])
  t.is((await kubectl(controlPlane, ['get', 'configmaps', '-n', namespace], { kubeconfig })).exitCode, 0)
  t.regex(
    (await kubectl(controlPlane, ['create', 'configmap', 'mine', '-n', namespace], { kubeconfig })).stderr,
    /forbidden/i,
  )
})

test('the proxy counts what may change something: a PATCH, but no read and no dry run', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane)
  const proxy = await startProxy(controlPlane)
  const { kubeconfig } = proxy
  const input = JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace },
  })
  const apply = ['apply', '--server-side', '-f', '-']
  t.is((await kubectl(controlPlane, [...apply, '--dry-run=server'], { kubeconfig, input })).exitCode, 0)
  t.true(proxy.requests.some(({ method }) => method === 'PATCH'))
  t.deepEqual(proxy.mutating(), [])

  proxy.reset()
  t.is((await kubectl(controlPlane, apply, { kubeconfig, input })).exitCode, 0)
  t.deepEqual(
    proxy.mutating().map(({ method, path, query }) => ({ method, path, manager: query.get('fieldManager') })),
    [{ method: 'PATCH', path: `/api/v1/namespaces/${namespace}/configmaps/settings`, manager: 'kubectl' }],
  )
  await proxy.stop()
})

test('by way of the proxy everybody stays who they are', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane)
  const proxy = await startProxy(controlPlane)
  const ann = await proxy.redirect(await controlPlane.userKubeconfig('ann', ['team']))
  const { stdout } = await kubectl(controlPlane, ['auth', 'whoami', '-o', 'json'], { kubeconfig: ann })
  t.like(JSON.parse(stdout).status.userInfo, { username: 'ann', groups: ['team', 'system:authenticated'] })

  const token = (await kubectl(controlPlane, ['create', 'token', 'default', '-n', namespace])).stdout
  const withToken = await kubectl(
    controlPlane,
    [
      'auth',
      'whoami',
      '-o',
      'json',
      '--server',
      proxy.url,
      '--certificate-authority',
      controlPlane.ca,
      '--token',
      token,
    ],
    { kubeconfig: '/dev/null' },
  )
  t.is(JSON.parse(withToken.stdout).status.userInfo.username, `system:serviceaccount:${namespace}:default`)

  const ca = await readFile(controlPlane.ca)
  const pretender = https.get(`${proxy.url}/api/v1/namespaces`, {
    ca,
    headers: { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' },
  })
  const [answer] = (await once(pretender, 'response')) as [http.IncomingMessage]
  t.is(answer.statusCode, 403)
  t.regex(await text(answer), /system:anonymous/)
  await proxy.stop()
})

test('a watch streams through the proxy', async (t) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane)
  const proxy = await startProxy(controlPlane)
  const watch = execa(
    controlPlane.kubectl,
    ['get', 'configmaps', '-n', namespace, '--watch', '-o', 'name', '--kubeconfig', proxy.kubeconfig],
    { reject: false },
  )
  t.true(await eventually(async () => proxy.requests.some(({ query }) => query.get('watch') === 'true')))
  await controlPlane.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'announced' } },
  })
  t.true(await hasLine(watch.stdout, (line) => line === 'configmap/announced'))
  watch.kill()
  await proxy.stop()
})

test('nothing is left of a control plane that was stopped', async (t) => {
  const { dir, request, stop } = await startControlPlane({
    without: ['kube-controller-manager', 'kube-scheduler', 'kwok'],
  })
  t.is((await request('GET', '/readyz')).status, 200)
  await stop()
  t.false(existsSync(dir))
  await t.throwsAsync(request('GET', '/readyz'), { code: 'ECONNREFUSED' })
})

test('nothing is left of a control plane whose process was killed', async (t) => {
  const owner = execa(process.execPath, [`${import.meta.dirname}/start.ts`, '--serve'], { reject: false })
  let kubeconfig = ''
  t.true(
    await hasLine(owner.stdout, (line) => {
      kubeconfig = line
      return existsSync(line)
    }),
  )
  owner.kill('SIGKILL')
  t.true(await eventually(async () => !existsSync(kubeconfig)))
})
