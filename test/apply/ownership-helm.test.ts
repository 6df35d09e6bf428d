import test from 'ava'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { labels, setIdOf } from '../../src/core/applyset.ts'
import type { Fate } from '../../src/core/adoption.ts'
import { adoptReleases, planAdoption } from '../../src/control-plane/adopt-pipeline.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { Refused } from '../../src/core/problem.ts'
import type { Problem } from '../../src/core/problem.ts'
import { clock } from '../../src/system/clock.ts'
import { findHelm } from '../../src/system/helm-program.ts'
import { maker } from '../../src/system/maker.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { bundleFile } from './bundle-file.ts'
import { dyingAt, finished } from './dying.ts'
import { applied, bundleOf, configMap, deployment, freshSet, open } from './set.ts'

const program = path.join(import.meta.dirname, '../../src/scout-apply.ts')

/** What the chart makes, beside what the bundle drops (`leftover`) and what nobody may delete (`treasure`). */
const inChart = (word: string): KubeObject[] => [
  deployment('web'),
  configMap('settings', { word, dropped: 'helm' }),
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login' },
    stringData: { password: 'Helm-Made-It' },
  } as KubeObject,
  configMap('leftover'),
  {
    ...configMap('treasure'),
    metadata: { name: 'treasure', annotations: { 'helm.sh/resource-policy': 'keep' } },
  } as KubeObject,
]

const inBundle = (changes: { [key: string]: string } = {}): KubeObject[] => [
  deployment('web', changes),
  configMap('settings', { word: 'two' }),
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login' },
    stringData: { password: 'Helm-Made-It' },
  } as KubeObject,
  configMap('fresh'),
]

/** A release that the real helm has installed and upgraded once, in a namespace of its own. */
const installed = async (purpose: string, how: 'server-side' | 'client-side', release = 'app') => {
  const set = await freshSet(purpose)
  const { controlPlane, namespace, request } = set
  const folder = await mkdtemp(path.join(os.tmpdir(), 'scout-adopt-'))
  const chart = path.join(folder, 'chart')
  await mkdir(path.join(chart, 'templates'), { recursive: true })
  await writeFile(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 1.0.0\n')
  const found = await findHelm('4.1.4', process.env)
  if (!found.ok) throw new Refused(found.problems)
  const helm = async (...args: string[]) =>
    await execa(found.value, [...args, '--namespace', namespace, '--kubeconfig', controlPlane.kubeconfig], {
      env: { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder },
    })
  const write = async (word: string) =>
    await writeFile(
      path.join(chart, 'templates', 'all.yaml'),
      inChart(word)
        .map((object) => JSON.stringify(object))
        .join('\n---\n'),
    )
  await write('one')
  const serverSide = `--server-side=${how === 'server-side'}`
  await helm('install', release, chart, serverSide)
  await write('two')
  await helm('upgrade', release, chart, serverSide)
  const pathOf = (plural: string, name: string) =>
    plural === 'deployments' || plural === 'replicasets'
      ? `/apis/apps/v1/namespaces/${namespace}/${plural}/${name}`
      : `/api/v1/namespaces/${namespace}/${plural}/${name}`
  const get = async (plural: string, name: string) => (await request('GET', pathOf(plural, name))).body
  const uids = async () => ({
    web: (await get('deployments', 'web')).metadata.uid as string,
    settings: (await get('configmaps', 'settings')).metadata.uid as string,
    login: (await get('secrets', 'login')).metadata.uid as string,
    pods: ((await get('pods', '')).items as KubeObject[]).map(({ metadata }) => metadata['uid']),
    replicaSets: ((await get('replicasets', '')).items as KubeObject[]).map(
      ({ metadata }) => metadata['uid'],
    ),
  })
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if ((await get('deployments', 'web')).status.readyReplicas === 1) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const bundle = (sequence: number, objects: KubeObject[] = inBundle()) =>
    bundleOf(set.set, sequence, [{ ...set.release, objects }])
  return { ...set, helm, get, uids, bundle, folder, close: () => rm(folder, { recursive: true }) }
}

const problemsOf = async (work: () => Promise<unknown>): Promise<Problem[]> => {
  try {
    await work()
    return []
  } catch (error) {
    if (error instanceof Refused) return error.problems
    throw error
  }
}

const options = { holder: 'test', tooling: 'scout-apply/0.1.0' }
const fatesOf = (objects: Fate[]): { [name: string]: string } =>
  Object.fromEntries(objects.map(({ id, will }) => [id.name, will]))

for (const how of ['server-side', 'client-side'] as const) {
  test(`scenario 23: what helm installed ${how} is taken over by a plain apply without a restart, and what the bundle drops is gone`, async (t) => {
    const { cluster, bundle, get, uids, close } = await installed('plain', how)
    t.teardown(close)
    const before = await uids()
    t.is(before.pods.length, 1)
    t.deepEqual((await applied(cluster, bundle(1))).problems, undefined)
    t.deepEqual(await uids(), before)
    const settings = await get('configmaps', 'settings')
    t.deepEqual(settings.data, { word: 'two' })
    t.is(settings.metadata.annotations, undefined)
    t.is((await applied(cluster, bundle(1))).plan?.replaces?.state, 'applied')
  })

  test(`a release that helm installed ${how} is adopted: nothing changes but its owner, and the next apply changes what differs`, async (t) => {
    const { controlPlane, cluster, bundle, get, set, uids, helm, close } = await installed('adopt', how)
    t.teardown(close)
    const before = await uids()
    const told: unknown[] = []
    const proxy = await startProxy(controlPlane)
    const system = {
      cluster: await open(proxy.kubeconfig),
      clock,
      maker,
      tell: (one: unknown) => void told.push(one),
    }
    const wanted = bundle(1)

    const [planned] = await planAdoption(wanted, new Map(), system)
    t.deepEqual(proxy.mutating(), [])
    t.deepEqual(fatesOf(planned?.objects ?? []), {
      web: 'take',
      settings: 'take',
      login: 'take',
      fresh: 'create',
      leftover: 'remove',
      treasure: 'keep',
    })
    t.like(
      planned?.objects.find(({ id }) => id.name === 'settings'),
      { differs: ['/data/dropped'], restarts: false },
    )
    t.like(planned?.helm, { name: 'app', revision: 2 })

    const values = {
      settings: (await get('configmaps', 'settings')).data,
      web: (await get('deployments', 'web')).spec,
    }
    t.deepEqual(await adoptReleases(wanted, new Map(), options, system), [planned])
    t.deepEqual(await uids(), before)
    t.deepEqual((await get('configmaps', 'settings')).data, values.settings)
    t.deepEqual((await get('deployments', 'web')).spec, values.web)
    for (const [plural, name] of [
      ['deployments', 'web'],
      ['configmaps', 'settings'],
      ['configmaps', 'leftover'],
    ] as const) {
      const { metadata } = await get(plural, name)
      t.is(metadata.labels[labels.partOf], setIdOf(set))
      t.false(JSON.stringify(metadata.managedFields).includes('"manager":"helm"'), name)
    }
    t.is((await get('configmaps', 'treasure')).metadata.labels?.[labels.partOf], undefined)

    // Once more: nothing is left to do.
    proxy.reset()
    const [again] = await adoptReleases(wanted, new Map(), options, system)
    t.deepEqual(fatesOf(again?.objects ?? []), {
      web: 'ours',
      settings: 'ours',
      login: 'ours',
      fresh: 'create',
      treasure: 'keep',
    })
    t.deepEqual(proxy.mutating(), [])

    const done = await applied(cluster, wanted)
    t.deepEqual(done.problems, undefined)
    t.is(done.plan?.waves[0]?.[0]?.mode, 'upgrade')
    t.deepEqual(await uids(), before)
    t.deepEqual((await get('configmaps', 'settings')).data, { word: 'two' })
    t.is((await get('configmaps', 'leftover')).code, 404)
    t.is((await get('configmaps', 'treasure')).metadata.name, 'treasure')
    const { managedFields } = (await get('deployments', 'web')).metadata
    const main = (managedFields as { manager: string; subresource?: string }[]).filter(
      (one) => !one.subresource,
    )
    t.deepEqual(
      main.map((one) => one.manager).filter((one) => one !== 'kube-controller-manager'),
      [`scout-apply:${set}`],
    )
    // Helm's record stays: the way back.
    t.regex((await helm('list', '--short')).stdout, /^app$/)
    t.false(JSON.stringify(told).includes('Helm-Made-It'))
    await helm('rollback', 'app', '1', ...(how === 'server-side' ? ['--force-conflicts'] : []))
    t.is((await get('configmaps', 'settings')).data.word, 'one')
    t.is((await uids()).web, before.web)
    await proxy.stop()
  })
}

test('a field that Helm left to nobody is adopted all the same: the next apply removes it', async (t) => {
  const { cluster, bundle, get, request, namespace, close } = await installed('gap', 'client-side')
  t.teardown(close)
  const path = `/api/v1/namespaces/${namespace}/configmaps/settings`
  const { metadata } = await get('configmaps', 'settings')
  // As after a patch of Helm 3 that did not name the field, because it had its value already.
  const managedFields = (
    metadata.managedFields as { fieldsV1: { 'f:data'?: { 'f:dropped'?: unknown } } }[]
  ).map((entry) => {
    delete entry.fieldsV1['f:data']?.['f:dropped']
    return entry
  })
  await request('PATCH', path, {
    body: [{ op: 'replace', path: '/metadata/managedFields', value: managedFields }],
    type: 'application/json-patch+json',
  })
  await adoptReleases(bundle(1), new Map(), options, { cluster, clock, maker, tell: () => undefined })
  t.is((await get('configmaps', 'settings')).data.dropped, 'helm')
  t.deepEqual((await applied(cluster, bundle(1))).problems, undefined)
  t.deepEqual((await get('configmaps', 'settings')).data, { word: 'two' })
})

test('an object of another Helm release is refused by name, and nothing is adopted; under its right name it is', async (t) => {
  const { controlPlane, bundle, uids, close, cluster } = await installed('other', 'server-side', 'old-app')
  t.teardown(close)
  const before = await uids()
  const proxy = await startProxy(controlPlane)
  const system = { cluster: await open(proxy.kubeconfig), clock, maker, tell: () => undefined }
  const wrong = await problemsOf(() => adoptReleases(bundle(1), new Map(), options, system))
  t.deepEqual(new Set(wrong.map(({ code }) => code)), new Set(['adopt/other-release']))
  t.regex(wrong[0]?.what ?? '', /belongs to the Helm release .*\/old-app/)
  const unknown = await problemsOf(() => planAdoption(bundle(1), new Map([['app', 'app']]), system))
  t.like(unknown, [{ code: 'adopt/no-helm-release' }])
  const slip = await problemsOf(() => planAdoption(bundle(1), new Map([['ap', 'ap']]), system))
  t.like(slip, [{ code: 'adopt/unknown-release', fix: 'Did you mean app?' }])
  t.deepEqual(proxy.mutating(), [])
  t.like(await applied(cluster, bundle(1)), { problems: [{ code: 'plan/other-helm-release' }] })
  await adoptReleases(bundle(1), new Map([['app', 'old-app']]), options, system)
  t.deepEqual((await applied(cluster, bundle(1))).problems, undefined)
  t.deepEqual(await uids(), before)
  await proxy.stop()
})

test('an adoption that was killed at any write goes on where it stopped', async (t) => {
  const { cluster, bundle, uids, close } = await installed('killed', 'server-side')
  t.teardown(close)
  const before = await uids()
  for (let writes = 0; writes < 10; writes++) {
    const dying = dyingAt(cluster, writes).cluster
    const adopt = async () => {
      await adoptReleases(bundle(1), new Map(), options, {
        cluster: dying,
        clock,
        maker,
        tell: () => undefined,
      })
      return {}
    }
    if (await finished(adopt)) break
    t.true(writes < 9)
  }
  t.deepEqual((await applied(cluster, bundle(1))).problems, undefined)
  t.deepEqual(await uids(), before)
})

test('a release whose last revision is not deployed, or cannot be read, is not adopted', async (t) => {
  const { bundle, cluster, request, namespace, close } = await installed('pending', 'server-side')
  t.teardown(close)
  const path = `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.app.v2`
  const type = 'application/merge-patch+json'
  const system = { cluster, clock, maker, tell: () => undefined }
  await request('PATCH', path, { body: { metadata: { labels: { status: 'pending-upgrade' } } }, type })
  const pending = await problemsOf(() => adoptReleases(bundle(1), new Map(), options, system))
  t.like(pending, [{ code: 'adopt/not-deployed' }])
  const body = { metadata: { labels: { status: 'deployed' } }, data: { release: 'bm9uc2Vuc2U=' } }
  await request('PATCH', path, { body, type })
  const broken = await problemsOf(() => adoptReleases(bundle(1), new Map(), options, system))
  t.like(broken, [{ code: 'adopt/unreadable' }])
})

test('the command says what it would do, does it, and says how to go back', async (t) => {
  const { controlPlane, namespace, folder, close, get } = await installed('command', 'server-side')
  t.teardown(close)
  const { bundle, trust } = await bundleFile(
    folder,
    bundleOf(`${namespace}-test`, 1, [{ name: 'app', namespace, objects: inBundle({ new: 'pods' }) }]),
  )
  const run = async (...args: string[]) =>
    await execa(
      'node',
      [program, 'adopt', bundle, ...args, '--trust', trust, '--kubeconfig', controlPlane.kubeconfig],
      {
        reject: false,
        preferLocal: true,
        env: { CI: 'true' },
      },
    )
  const dry = await run('--dry-run')
  t.is(dry.exitCode, 0, dry.stderr)
  t.regex(
    dry.stdout,
    /Deployment .*\/web: will be taken from Helm; differs at .*: the next apply replaces its Pods/,
  )
  t.regex(dry.stdout, /ConfigMap .*\/leftover: .* the next apply deletes it/)
  t.is((await get('configmaps', 'settings')).metadata.labels[labels.partOf], undefined)
  const done = await run('app')
  t.is(done.exitCode, 0, done.stderr)
  t.regex(done.stdout, new RegExp(`kubectl delete secret -n ${namespace} -l owner=helm,name=app`))
  t.is((await get('configmaps', 'settings')).metadata.labels[labels.partOf], setIdOf(`${namespace}-test`))
})
