import test from 'ava'
import { startControlPlane } from '../control-plane/start.ts'
import { freshNamespace } from '../control-plane/shared.ts'
import { applied, bundleOf, configMap, open } from './set.ts'

// On a control plane of its own: a dead API keeps every Namespace of a cluster from being deleted.

test('scenarios 20 and 21: a dead API stops nothing but the deletion of a Namespace, in which nobody knows what is', async (t) => {
  const controlPlane = await startControlPlane()
  t.teardown(controlPlane.stop)
  const { request } = controlPlane
  const set = await freshNamespace(controlPlane, 'dead')
  const cluster = await open(controlPlane.kubeconfig)
  const namespace = `${set}-own`
  const group = 'dead.example.com'
  const spec = {
    group,
    version: 'v1',
    service: { namespace: set, name: 'gone' },
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
  }
  const apiService = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `v1.${group}` },
    spec,
  }
  await request('POST', '/apis/apiregistration.k8s.io/v1/apiservices', { body: apiService })
  for (;;) {
    const found = await cluster.discover()
    if (found.ok && found.value.silent.includes(group)) break
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const bundle = (sequence: number, ...names: string[]) =>
    bundleOf(set, sequence, [{ name: 'app', namespace, objects: names.map((name) => configMap(name)) }])
  t.deepEqual((await applied(cluster, bundle(1, 'x', 'y'))).problems, undefined)
  t.deepEqual((await applied(cluster, bundle(2, 'x'))).problems, undefined)
  t.is((await request('GET', `/api/v1/namespaces/${namespace}/configmaps/y`)).status, 404)
  const { problems } = await applied(cluster, bundleOf(set, 3, []), { empty: true, prune: ['Namespace'] })
  t.like(problems, [{ code: 'apply/inhabited' }])
  t.regex(problems?.[0]?.what ?? '', /dead\.example\.com/)
  t.is((await request('GET', `/api/v1/namespaces/${namespace}`)).body.metadata.deletionTimestamp, undefined)
})
