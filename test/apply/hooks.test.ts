import test from 'ava'
import type { KubeObject } from '../../src/core/object.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { applied, bundleOf, configMap, open } from './set.ts'

const fresh = async (purpose: string) => {
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, purpose)
  const proxy = await startProxy(controlPlane)
  const cluster = await open(proxy.kubeconfig)
  return { controlPlane, namespace, proxy, cluster, set: namespace }
}

const hookJob = (name: string, annotations: { [key: string]: string }, fate?: string): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, annotations },
  spec: {
    backoffLimit: 0,
    template: {
      metadata: { annotations: fate === undefined ? {} : { 'test.scout/fate': fate } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'run', image: 'x' }] },
    },
  },
})

test('hooks run by weight and name around the main objects: on install, on upgrade, and not where nothing changed', async (t) => {
  const { namespace, cluster, set, proxy, controlPlane } = await fresh('hooks')
  const hooks = [
    hookJob('c-late', { 'helm.sh/hook': 'pre-install,pre-upgrade', 'helm.sh/hook-weight': '1' }),
    hookJob('b', { 'helm.sh/hook': 'pre-install' }),
    hookJob('a', { 'helm.sh/hook': 'pre-install' }),
    hookJob('z-early', { 'helm.sh/hook': 'pre-upgrade,pre-install', 'helm.sh/hook-weight': '-1' }),
    hookJob('after', {
      'helm.sh/hook': 'post-install,post-upgrade',
      'helm.sh/hook-delete-policy': 'hook-succeeded',
    }),
  ]
  const bundle = (sequence: number, data: string) =>
    bundleOf(set, sequence, [{ name: 'app', namespace, objects: [configMap('main', { data }), ...hooks] }])
  const jobs = async (): Promise<string[]> => {
    const list = await controlPlane.request('GET', `/apis/batch/v1/namespaces/${namespace}/jobs`)
    return list.body.items.map((one: KubeObject) => one.metadata.name).sort()
  }
  const first = await applied(cluster, bundle(1, '1'))
  t.deepEqual(first.problems, undefined)
  t.deepEqual(
    first.plan?.waves[0]?.[0]?.before.map((one) => one.id.name),
    ['z-early', 'a', 'b', 'c-late'],
  )
  const order = proxy
    .mutating()
    .filter((one) => one.path.endsWith('/jobs') || one.path.endsWith('/main'))
    .map((one) => `${one.method} ${one.path.split('/').at(-1)}`)
  t.deepEqual(order, ['POST jobs', 'POST jobs', 'POST jobs', 'POST jobs', 'PATCH main', 'POST jobs'])
  t.deepEqual(await jobs(), ['a', 'b', 'c-late', 'z-early'])

  const second = await applied(cluster, bundle(2, '2'))
  t.deepEqual(second.problems, undefined)
  t.deepEqual(
    second.plan?.waves[0]?.[0]?.before.map((one) => one.id.name),
    ['z-early', 'c-late'],
  )
  proxy.reset()
  const third = await applied(cluster, bundle(3, '2'))
  t.deepEqual(third.problems, undefined)
  t.deepEqual(third.plan?.waves[0]?.[0]?.before, [])
  t.deepEqual(
    proxy.mutating().filter((one) => one.path.includes('/jobs')),
    [],
  )
  await proxy.stop()
})

test('scenario 34: a hook that had finished when the run was cut off is not run again', async (t) => {
  const { namespace, cluster, set, controlPlane, proxy } = await fresh('hook-once')
  const stuck = (fate: string | undefined): KubeObject => hookJob('main-job', {}, fate)
  const bundle = bundleOf(set, 1, [
    {
      name: 'app',
      namespace,
      timeoutSeconds: 3,
      objects: [hookJob('migrate', { 'helm.sh/hook': 'pre-install' }), stuck('pending')],
    },
  ])
  t.like((await applied(cluster, bundle)).problems, [{ code: 'apply/not-ready' }])
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/migrate`
  const { uid } = (await controlPlane.request('GET', path)).body.metadata
  proxy.reset()
  t.like((await applied(cluster, bundle)).problems, [{ code: 'apply/not-ready' }])
  t.is((await controlPlane.request('GET', path)).body.metadata.uid, uid)
  t.deepEqual(
    proxy.mutating().filter((one) => one.path.includes('/jobs')),
    [],
  )
  await proxy.stop()
})

test('a hook of somebody else is not deleted', async (t) => {
  const { namespace, cluster, set, controlPlane, proxy } = await fresh('hook-foreign')
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`
  await controlPlane.request('POST', jobs, { body: hookJob('migrate', {}) })
  const objects = [hookJob('migrate', { 'helm.sh/hook': 'pre-install' })]
  const { problems } = await applied(cluster, bundleOf(set, 1, [{ name: 'app', namespace, objects }]))
  t.like(problems, [{ code: 'apply/hook-in-the-way' }])
  t.is((await controlPlane.request('GET', `${jobs}/migrate`)).status, 200)
  await proxy.stop()
})
