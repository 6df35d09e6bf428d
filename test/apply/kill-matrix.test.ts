import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'ava'
import { labels, setIdOf } from '../../src/core/applyset.ts'
import type { KubeObject } from '../../src/core/object.ts'
import type { ControlPlane } from '../control-plane/control-plane.ts'
import { startProxy } from '../control-plane/proxy.ts'
import type { Proxy, ProxiedRequest } from '../control-plane/proxy.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { bundleFile } from './bundle-file.ts'
import { buildApplier, everyDeath, lanes, mortalApplier } from './mortal.ts'
import type { Side } from './mortal.ts'
import { applied, bundleOf, configMap, deployment, job, open, widget, widgetCrd } from './set.ts'
import type { Sketch } from './set.ts'
import { hole, password, place, secret, using } from './valued.ts'

/**
 * A real scout-apply, built as one script as it is shipped, is killed by SIGKILL at every write of a site's life: before the request has reached the API server, and after it
 * was done and answered but not read. Then it is run again, and all must end as if nobody had killed it.
 *
 * Of the site: A installs; B has a hook, a CRD that changes with its resource, a Job that is recreated, a new site value, an object less, and a
 * wave that fails; C mends the wave, and what B could not prune goes.
 */

buildApplier(test)

const siteIn = (namespace: string) => {
  const set = `${namespace}-test`
  const group = `${namespace}.example.com`
  const value = (name: string) => ({
    id: `base/${name}`,
    recipe: password(),
    places: [place(namespace, name, 'value')],
  })
  const base = (word: string, extra: KubeObject[]): Omit<Sketch, 'name' | 'namespace'> => ({
    objects: [
      widgetCrd(group, { size: { type: 'integer' }, ...(word === 'b' && { colour: { type: 'string' } }) }),
      widget(group, 'one', { size: 1, ...(word === 'b' && { colour: 'red' }) }),
      secret('kept', { value: hole('base/kept') }),
      using('web', 'kept'),
      configMap('settings', { word }),
      job('recreated', { word }),
      ...extra,
    ],
  })
  const late = (...objects: KubeObject[]): Sketch => ({
    name: 'late',
    namespace,
    dependsOn: ['base'],
    objects: [configMap('late'), ...objects],
  })
  const b: Sketch = {
    name: 'base',
    namespace,
    ...base('b', [
      secret('new', { value: hole('base/new') }),
      deployment('other'),
      job('migrate', { annotations: { 'helm.sh/hook': 'pre-upgrade' } }),
    ]),
    siteValues: [value('kept'), value('new')],
  }
  const a: Sketch = {
    name: 'base',
    namespace,
    ...base('a', [configMap('gone')]),
    siteValues: [value('kept')],
  }
  return {
    set,
    group,
    a: bundleOf(set, 1, [a, late()]),
    b: bundleOf(set, 2, [b, late(job('broken', { fate: 'crash' }))]),
    c: bundleOf(set, 3, [b, late()]),
  }
}

/** Everything that the set has on the cluster, in words that are the same for every namespace; and what must not change between A and the end. */
const stateOf = async ({ request }: ControlPlane, namespace: string) => {
  const { set, group } = siteIn(namespace)
  const core = `/api/v1/namespaces/${namespace}`
  const lists = [
    `${core}/configmaps`,
    `${core}/secrets`,
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    `/apis/batch/v1/namespaces/${namespace}/jobs`,
    `/apis/${group}/v1/namespaces/${namespace}/widgets`,
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ]
  const selector = `labelSelector=${encodeURIComponent(`${labels.partOf}=${setIdOf(set)}`)}`
  // A server that has just taken a CRD's change may not serve its kind for a moment.
  const read = async (list: string): Promise<KubeObject[]> => {
    for (;;) {
      const { status, body } = await request('GET', `${list}?${selector}`)
      if (status === 200) return body.items as KubeObject[]
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  const objects = (await Promise.all(lists.map(read))).flat()
  const values = Object.fromEntries(
    objects.flatMap((one) => {
      const data = one['data'] as { value?: string } | undefined
      return data?.value === undefined ? [] : [[one.metadata.name, data.value]]
    }),
  )
  const words = objects
    .map(({ metadata, spec, data }) => ({
      name: metadata.name,
      labels: metadata.labels,
      // The run, its generation, and keyed digests differ from cluster to cluster.
      annotations: Object.keys(metadata.annotations ?? {}),
      spec,
      data: metadata.name in values ? Object.keys(data as object) : data,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
  const text = JSON.stringify(words, null, 1)
    .replaceAll(setIdOf(set), 'SET')
    .replaceAll(namespace, 'NAMESPACE')
    .replaceAll(/"(?:batch\.kubernetes\.io\/)?controller-uid": "[^"]*"/g, '"controller-uid": "UID"')
    .replaceAll(/"scout\.airgap\/site-values": "[^"]*"/g, '"scout.airgap/site-values": "DIGEST"')
  return { text, values }
}

const isHook = ({ method, path: asked }: ProxiedRequest): boolean =>
  method === 'POST' && asked.endsWith('/jobs')

/** One life of the site. Killed at write `at` (of B's and C's runs together), if there are so many; else it lives. */
const live = async (controlPlane: ControlPlane, proxy: Proxy, at: number, side: Side) => {
  const namespace = await freshNamespace(controlPlane, 'kill')
  const site = siteIn(namespace)
  const folder = await mkdtemp(path.join(tmpdir(), 'scout-kill-'))
  const { life, run } = mortalApplier(controlPlane, proxy, { set: site.set, at, side })
  const apply = async (wanted: typeof site.a) => {
    const { bundle, trust } = await bundleFile(folder, wanted)
    return await run(bundle, '--trust', trust)
  }
  try {
    // Only what may be killed needs a process of its own.
    const cluster = await open(controlPlane.kubeconfig)
    const a = await applied(cluster, site.a)
    const values = (await stateOf(controlPlane, namespace)).values
    const b = await apply(site.b)
    const c = await apply(site.c)
    const words = [b, c].map((one) => `exit ${one.exitCode}\n${one.all}`).join('\n')
    const again = await apply(site.c)
    return {
      killed: life.killed,
      writes: life.writes,
      hooks: life.reached.filter(isHook).length,
      installed: a.problems === undefined,
      exits: [b, c, again].map((one) => one.exitCode),
      nothingToDo: /nothing to do/.test(again.stdout),
      ...(await stateOf(controlPlane, namespace)),
      kept: values,
      words,
    }
  } finally {
    proxy.meddle(undefined)
    await rm(folder, { recursive: true, force: true })
    await controlPlane.request(
      'DELETE',
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${site.group}`,
    )
    await controlPlane.request('DELETE', `/api/v1/namespaces/${namespace}`)
  }
}

test('killed at every write, before and after it is done, a run again ends as if nobody had killed it', async (t) => {
  const controlPlane = await sharedControlPlane()
  const proxies = await Promise.all(Array.from({ length: lanes }, () => startProxy(controlPlane)))
  const undisturbed = await live(controlPlane, proxies[0]!, Infinity, 'before it reached the server')
  t.false(undisturbed.killed)
  t.true(undisturbed.installed && undisturbed.nothingToDo)
  t.deepEqual(undisturbed.exits, [4, 0, 0], undisturbed.words)
  t.is(undisturbed.hooks, 1)
  t.true(undisturbed.writes > 15, `only ${undisturbed.writes} writes`)
  t.deepEqual(undisturbed.values['kept'], undisturbed.kept['kept'])

  await everyDeath(proxies, undisturbed.writes, async (proxy, { at, side }) => {
    const title = `killed at write ${at}, ${side}`
    const ended = await live(controlPlane, proxy, at, side)
    const { installed, killed, exits, text, hooks, nothingToDo } = ended
    t.deepEqual(
      { installed, killed, exits, hooks, nothingToDo, text },
      {
        installed: true,
        killed: true,
        exits: [4, 0, 0],
        hooks: 1,
        nothingToDo: true,
        text: undisturbed.text,
      },
      `${title}\n${ended.words}`,
    )
    t.is(ended.values['kept'], ended.kept['kept'], title)
  })
  await Promise.all(proxies.map((proxy) => proxy.stop()))
  t.log(`killed at ${undisturbed.writes} writes`)
})
