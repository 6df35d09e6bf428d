import { randomUUID } from 'node:crypto'
import test from 'ava'
import { execa } from 'execa'
import { usualLimits } from '../../src/control-plane/history/keep.ts'
import { imagesOfSet } from '../../src/control-plane/images-pipeline.ts'
import { rolesOfBundle } from '../../src/control-plane/pipeline.ts'
import { inventoryNamespace, labels, parentName, setIdOf } from '../../src/core/applyset.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { bad, problem } from '../../src/core/problem.ts'
import { clock } from '../../src/system/clock.ts'
import { openCluster } from '../../src/system/cluster.ts'
import { startProxy } from '../control-plane/proxy.ts'
import {
  applied,
  bundleOf,
  configMap,
  deployment,
  freshSet,
  job,
  open,
  plannedOnly,
  widget,
  widgetCrd,
} from './set.ts'
import { hole, password, place, secret } from './valued.ts'

const rbac = 'rbac.authorization.k8s.io'

/** A set with something of everything, and a user who is allowed just what `rbac` prints. */
const allowed = async (purpose: string) => {
  const scene = await freshSet(purpose)
  const { namespace, set, request, release, cluster, controlPlane } = scene
  const group = `${namespace}.example.com`
  const role = (verbs: string[]): KubeObject[] => [
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['endpoints'], verbs }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
    },
  ]
  const objects = (word: string): KubeObject[] => [
    configMap('x', { word }),
    deployment('web', { word }),
    widgetCrd(group),
    widget(group, 'one'),
    job('once', { word }),
    job('hook', { annotations: { 'helm.sh/hook': 'pre-install,pre-upgrade' } }),
    secret('auth', { value: hole('app/auth') }),
    ...role(word === 'a' ? ['get'] : ['get', 'list']),
  ]
  const siteValues = [{ id: 'app/auth', recipe: password(), places: [place(namespace, 'auth', 'value')] }]
  const bundle = (sequence: number, given: KubeObject[]) =>
    bundleOf(set, sequence, [{ ...release, objects: given, siteValues }])
  const a = bundle(1, [...objects('a'), configMap('gone')])
  const b = bundle(2, objects('b'))
  const user = `night-shift-${randomUUID().slice(0, 8)}`
  const allow = async (wanted: typeof a): Promise<KubeObject[]> => {
    const roles = await rolesOfBundle(
      wanted,
      { kind: 'User', name: user },
      { cluster, tell: () => undefined },
    )
    await execa(
      controlPlane.kubectl,
      ['--kubeconfig', controlPlane.kubeconfig, 'apply', '--server-side', '-f', '-'],
      { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: roles }) },
    )
    return roles
  }
  const end = async (): Promise<void> => {
    await request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`)
    for (const kind of ['clusterroles', 'clusterrolebindings'])
      await request('DELETE', `/apis/${rbac}/v1/${kind}/${encodeURIComponent(`scout-apply:${set}`)}`)
  }
  return { ...scene, a, b, user, allow, end, limited: await open(await controlPlane.userKubeconfig(user)) }
}

test('with what rbac prints, and nothing else, a user plans, applies, changes and prunes', async (t) => {
  const { a, b, allow, limited, end, request, namespace } = await allowed('rbac')
  t.like((await applied(limited, a)).problems, [{ code: 'cluster/forbidden' }])
  await allow(a)
  t.deepEqual((await plannedOnly(limited, a)).problems, undefined)
  t.deepEqual((await applied(limited, a)).problems, undefined)
  t.deepEqual((await applied(limited, a)).problems, undefined)
  // What is to be pruned is in the inventory, and so in the roles.
  await allow(b)
  t.deepEqual((await applied(limited, b)).problems, undefined)
  t.is((await request('GET', `/api/v1/namespaces/${namespace}/configmaps/gone`)).status, 404)
  await end()
})

test('the images that a CronJob runs can be looked at with the roles, where the set has no Job', async (t) => {
  const { request, namespace, set, release, allow, end, limited } = await allowed('rbac-cron')
  t.teardown(end)
  const { spec } = job('nightly')
  const nightly: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly' },
    spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: spec ?? null } },
  }
  const bundle = bundleOf(set, 1, [{ ...release, objects: [nightly] }])
  await allow(bundle)
  t.deepEqual((await applied(limited, bundle)).problems, undefined)
  const batch = `/apis/batch/v1/namespaces/${namespace}`
  const { uid } = (await request('GET', `${batch}/cronjobs/nightly`)).body.metadata
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid, controller: true }
  const made = await request('POST', `${batch}/jobs`, {
    body: { ...job('nightly-1'), metadata: { name: 'nightly-1', ownerReferences: [owner] } },
  })
  t.is(made.status, 201, made.text)
  const pods = `/api/v1/namespaces/${namespace}/pods`
  while ((await request('GET', pods)).body.items.length === 0) await clock.sleep(50)
  const { images, notLookedAt } = await imagesOfSet(
    {
      set,
      keeping: {
        limits: usualLimits,
        given: [{ ...bundle, signedBy: [] } as never],
        reverify: () => bad([problem({ code: 'test/unasked', what: '', fix: '' })]),
      },
    },
    { cluster: limited, tell: () => undefined },
  )
  t.deepEqual(notLookedAt, [])
  const [run] = images.flatMap(({ runs }) => runs)
  t.deepEqual([run?.ofSet, run?.owners.map(({ kind }) => kind)], [true, ['Job', 'CronJob']])
})

test('the roles allow nothing beyond the set', async (t) => {
  const { a, allow, end, limited, controlPlane, user, namespace } = await allowed('rbac-only')
  const roles = await allow(a)
  t.false(JSON.stringify(roles.flatMap((one) => one['rules'] ?? [])).includes('"*"'))
  const may = async (...words: string[]): Promise<string> =>
    (
      await execa(
        controlPlane.kubectl,
        ['--kubeconfig', controlPlane.kubeconfig, 'auth', 'can-i', ...words, '--as', user],
        { reject: false },
      )
    ).stdout
  t.is(await may('patch', 'deployments/web', '-n', namespace), 'yes')
  const denied = [
    ['patch', 'deployments/other', '-n', namespace],
    ['get', 'secrets/other', '-n', namespace],
    ['get', 'secrets', '-n', 'kube-system'],
    ['delete', `namespaces/${namespace}`],
    ['create', 'namespaces'],
    ['delete', 'persistentvolumes'],
    ['impersonate', 'users'],
  ]
  for (const words of denied) t.is(await may(...words), 'no', words.join(' '))
  limited.close()
  await end()
})

test('who may impersonate speaks for another, with their rights alone', async (t) => {
  const { a, allow, end, user, controlPlane } = await allowed('impersonated')
  const proxy = await startProxy(controlPlane)
  const opened = await openCluster({ kubeconfig: proxy.kubeconfig, as: { user, groups: ['night'] } }, {})
  if (!opened.ok) throw new Error(opened.problem.what)
  const denied = await applied(opened.cluster, a)
  t.like(denied.problems, [{ code: 'cluster/forbidden' }])
  t.true(denied.problems?.[0]?.what.startsWith(`${user} may not`), denied.problems?.[0]?.what)
  await allow(a)
  t.deepEqual((await applied(opened.cluster, a)).problems, undefined)
  await proxy.stop()
  await end()
})

test('kubectl lists the members of a set, and refuses to take its parent for its own', async (t) => {
  const { cluster, controlPlane, set, namespace, release } = await freshSet('interop')
  const objects = [configMap('x'), configMap('y'), deployment('web')]
  t.deepEqual((await applied(cluster, bundleOf(set, 1, [{ ...release, objects }]))).problems, undefined)
  const kubectl = (args: string[], input?: string) =>
    execa(controlPlane.kubectl, ['--kubeconfig', controlPlane.kubeconfig, ...args], {
      reject: false,
      env: { KUBECTL_APPLYSET: 'true' },
      ...(input !== undefined && { input }),
    })
  const listed = await kubectl([
    'get',
    'configmaps,deployments',
    '-n',
    namespace,
    '-l',
    `${labels.partOf}=${setIdOf(set)}`,
    '-o',
    'name',
  ])
  t.deepEqual(listed.stdout.split('\n').sort(), ['configmap/x', 'configmap/y', 'deployment.apps/web'])
  const stolen = await kubectl(
    [
      'apply',
      '--server-side',
      '--prune',
      `--applyset=secret/${parentName(set)}`,
      `--namespace=${inventoryNamespace}`,
      '-f',
      '-',
    ],
    JSON.stringify({ ...configMap('x'), metadata: { name: 'x', namespace: inventoryNamespace } }),
  )
  t.not(stolen.exitCode, 0)
  t.regex(stolen.stderr, /tooling|scout-apply/)
  t.is(
    (await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/configmaps/y`)).status,
    200,
    'nothing of ours was pruned',
  )
})
