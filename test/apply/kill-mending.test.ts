import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'ava'
import { verify } from '../../src/control-plane/verify/verify.ts'
import { inventoryNamespace, labels, parentName, setIdOf } from '../../src/core/applyset.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { shardLabel } from '../../src/core/inventory-secrets.ts'
import { Refused } from '../../src/core/problem.ts'
import { clock } from '../../src/system/clock.ts'
import type { ControlPlane } from '../control-plane/control-plane.ts'
import { startProxy } from '../control-plane/proxy.ts'
import type { Proxy } from '../control-plane/proxy.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { testKey, trusting } from '../core/bundle/trusted.ts'
import { bundleFile } from './bundle-file.ts'
import { buildApplier, everyDeath, lanes, mortalApplier, startApplier } from './mortal.ts'
import type { Side } from './mortal.ts'
import { applied, bundleOf, configMap, deployment, open } from './set.ts'

buildApplier(test)

const secrets = `/api/v1/namespaces/${inventoryNamespace}/secrets`

/** What the set has in its namespace, in words that are the same for every namespace. */
const stateOf = async ({ request }: ControlPlane, namespace: string): Promise<string> => {
  const set = `${namespace}-test`
  const selector = `labelSelector=${encodeURIComponent(`${labels.partOf}=${setIdOf(set)}`)}`
  const lists = [
    `/api/v1/namespaces/${namespace}/configmaps`,
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
  ]
  const found = await Promise.all(lists.map((list) => request('GET', `${list}?${selector}`)))
  const words = found
    .flatMap(({ body }) => body.items as KubeObject[])
    .map(({ metadata, spec, data }) => ({
      name: metadata.name,
      labels: metadata.labels,
      annotations: Object.keys(metadata.annotations ?? {}),
      spec,
      data,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
  return JSON.stringify(words, null, 1).replaceAll(setIdOf(set), 'SET').replaceAll(namespace, 'NAMESPACE')
}

/**
 * A set with two releases on the cluster, and what is run of it from then on. `own`, below, is how many writes the command itself makes: those of the runs behind it
 * are killed by the matrix of apply.
 */
const begin = async (
  controlPlane: ControlPlane,
  proxy: Proxy,
  purpose: string,
  death: { at: number; side: Side },
) => {
  const namespace = await freshNamespace(controlPlane, purpose)
  const set = `${namespace}-test`
  const folder = await mkdtemp(path.join(tmpdir(), 'scout-kill-'))
  const bundles = [1, 2].map((sequence) =>
    bundleOf(set, sequence, [
      {
        name: 'base',
        namespace,
        objects: [
          configMap('kept', { a: '1', b: '2' }),
          deployment('web'),
          ...(sequence === 1 ? [configMap('gone'), configMap('changed')] : []),
        ],
      },
      { name: 'late', namespace, dependsOn: ['base'], objects: [configMap('late'), configMap('lost')] },
    ]),
  )
  const signer = testKey('alice')
  const files = await Promise.all(
    bundles.map((one, at) => bundleFile(folder, one, { signer, name: `${at}.tgz` })),
  )
  const [first] = files
  if (first === undefined) throw new Error('there is no bundle')
  const verified = verify({
    bytes: await readFile(first.bundle),
    name: first.bundle,
    trust: trusting([signer], { cluster: 'test' }),
    now: clock.now(),
  })
  if (!verified.ok) throw new Refused(verified.problems)
  const { life, run } = mortalApplier(controlPlane, proxy, { set, ...death })
  const trust = path.join(folder, 'trust.yaml')
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`
  return {
    namespace,
    set,
    bundle: verified.value,
    files: files.map(({ bundle }) => bundle) as [string, string],
    life,
    trust,
    configMaps,
    run: async (...args: string[]) => await run(...args, '--trust', trust),
    end: async () => {
      proxy.meddle(undefined)
      await rm(folder, { recursive: true })
      await controlPlane.request('DELETE', `/api/v1/namespaces/${namespace}`)
    },
  }
}

const correct = async (controlPlane: ControlPlane, proxy: Proxy, death: { at: number; side: Side }) => {
  const { request } = controlPlane
  const here = await begin(controlPlane, proxy, 'kill-correct', death)
  const { run, set, configMaps, files, life } = here
  try {
    const [bundle, next] = files
    const trusted = ['--trust', here.trust, '--kubeconfig', controlPlane.kubeconfig]
    const installed = await startApplier([bundle, ...trusted])
    const edit = async (name: string, data: object): Promise<void> => {
      const body = { data } as never
      const type = 'application/merge-patch+json'
      await request('PATCH', `${configMaps}/${name}?fieldManager=kubectl-edit`, { body, type })
    }
    await edit('changed', { a: 'edited' })
    await edit('late', { a: null })
    for (const name of ['gone', 'lost']) await request('DELETE', `${configMaps}/${name}`)
    const corrected = await run('drift', bundle, '--correct')
    const own = life.writes
    const after = await run('drift', bundle, '--exit-code', '--output', 'json')
    const writes = life.reached.length
    const again = await run('drift', bundle, '--correct', '--output', 'json')
    const idle = life.reached.length - writes
    const state = await stateOf(controlPlane, here.namespace)
    // Whatever was made by the run that was killed is known: the next bundle prunes it. And the run that goes after it knows that it was.
    const pruned = await run(next)
    const history = await run('history', '--set', set, '--output', 'json')
    return {
      seen: {
        exits: [installed, corrected, after, again, pruned].map(({ exitCode }) => exitCode),
        left: JSON.parse(after.stdout || '{}') as object,
        corrected: JSON.parse(again.stdout || '{}').corrected as boolean,
        idle,
        revisions: (JSON.parse(history.stdout).revisions as { did: string; state: string }[]).map(
          (one) => `${one.did} ${one.state}`,
        ),
        state,
        last: await stateOf(controlPlane, here.namespace),
      },
      killed: life.killed,
      own,
      words: [corrected, after, again, pruned].map((one) => `exit ${one.exitCode}\n${one.all}`).join('\n'),
    }
  } finally {
    await here.end()
  }
}

const repair = async (controlPlane: ControlPlane, proxy: Proxy, death: { at: number; side: Side }) => {
  const { request } = controlPlane
  const here = await begin(controlPlane, proxy, 'kill-repair', death)
  const { run, set, files, life } = here
  const parts = async (): Promise<number> =>
    (await request('GET', `${secrets}?labelSelector=${shardLabel}%3D${setIdOf(set)}`)).body.items.length
  try {
    const cluster = await open(controlPlane.kubeconfig)
    // In several Secrets, of which the parent is lost: the others are left over.
    const installed = await applied(cluster, here.bundle, { largestPart: 800 })
    const before = await parts()
    await request('DELETE', `${secrets}/${parentName(set)}`)
    const [bundle, next] = files
    const repaired = await run('repair', bundle)
    const own = life.writes
    const again = await run('repair', bundle)
    const state = await stateOf(controlPlane, here.namespace)
    const pruned = await run(next)
    const idle = await run(next)
    return {
      seen: {
        installed: installed.problems === undefined,
        sharded: before > 1,
        exits: [again, pruned, idle].map(({ exitCode }) => exitCode),
        nothingToDo: /nothing to do/.test(idle.stdout),
        parts: await parts(),
        state,
        last: await stateOf(controlPlane, here.namespace),
      },
      code: repaired.exitCode,
      killed: life.killed,
      own,
      words: [repaired, again, pruned, idle].map((one) => `exit ${one.exitCode}\n${one.all}`).join('\n'),
    }
  } finally {
    await here.end()
  }
}

const undying = { at: Infinity, side: 'before it reached the server' } as const

test('drift --correct, killed at every write, is taken up by the same command and ends as if nobody had killed it', async (t) => {
  const controlPlane = await sharedControlPlane()
  const proxies = await Promise.all(Array.from({ length: lanes }, () => startProxy(controlPlane)))
  t.teardown(async () => void (await Promise.all(proxies.map((proxy) => proxy.stop()))))
  const undisturbed = await correct(controlPlane, proxies[0]!, undying)
  const { exits, left, corrected, revisions } = undisturbed.seen
  t.deepEqual(exits, [0, 0, 0, 0, 0], undisturbed.words)
  t.like(left, { objects: [], notLookedAt: [] })
  t.false(corrected)
  t.deepEqual(revisions, ['apply applied', 'correct applied', 'apply applied'])
  const named = (text: string) => (JSON.parse(text) as { name: string }[]).map(({ name }) => name)
  t.deepEqual(named(undisturbed.seen.state), ['changed', 'gone', 'kept', 'late', 'lost', 'web'])
  t.deepEqual(named(undisturbed.seen.last), ['kept', 'late', 'lost', 'web'])
  const writes = undisturbed.own
  await everyDeath(proxies, writes, async (proxy, death) => {
    const { seen, killed, words } = await correct(controlPlane, proxy, death)
    const title = `killed at write ${death.at}, ${death.side}`
    t.true(killed, title)
    const told = { ...seen, left: { ...seen.left, set: '', bundles: [] }, idle: 0 }
    t.deepEqual(
      told,
      {
        ...undisturbed.seen,
        left: { ...undisturbed.seen.left, set: '', bundles: [] },
        idle: 0,
      } as typeof told,
      `${title}\n${words}`,
    )
  })
  t.log(`killed at ${writes} writes`)
})

test('repair, killed at every write, is done by the next one, and the next apply leaves nothing over', async (t) => {
  const controlPlane = await sharedControlPlane()
  const proxies = await Promise.all(Array.from({ length: lanes }, () => startProxy(controlPlane)))
  t.teardown(async () => void (await Promise.all(proxies.map((proxy) => proxy.stop()))))
  const undisturbed = await repair(controlPlane, proxies[0]!, undying)
  t.is(undisturbed.code, 0, undisturbed.words)
  // The second one has nothing to repair.
  t.deepEqual(undisturbed.seen.exits, [1, 0, 0], undisturbed.words)
  t.true(undisturbed.seen.sharded)
  t.is(undisturbed.seen.parts, 0)
  const writes = undisturbed.own
  await everyDeath(proxies, writes, async (proxy, death) => {
    const { seen, killed, words } = await repair(controlPlane, proxy, death)
    const title = `killed at write ${death.at}, ${death.side}`
    t.true(killed, title)
    t.deepEqual(seen, undisturbed.seen, `${title}\n${words}`)
  })
  t.log(`killed at ${writes} writes`)
})
