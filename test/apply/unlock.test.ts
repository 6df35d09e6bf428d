import test from 'ava'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { unlockSet } from '../../src/control-plane/pipeline.ts'
import { inventoryNamespace, parentName } from '../../src/core/applyset.ts'
import type { LockState } from '../../src/core/lock.ts'
import { Refused } from '../../src/core/problem.ts'
import type { Problem } from '../../src/core/problem.ts'
import type { Told } from '../../src/core/stepper.ts'
import { clock } from '../../src/system/clock.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { bundleFile } from './bundle-file.ts'
import { applied, bundleOf, configMap, deployment, freshSet, open } from './set.ts'

const program = path.join(import.meta.dirname, '../../src/scout-apply.ts')
const leases = `/apis/coordination.k8s.io/v1/namespaces/${inventoryNamespace}/leases`

const scene = async (purpose: string) => {
  const found = await freshSet(purpose)
  const { request, cluster, release, controlPlane } = found
  const set = `${found.set}-test`
  const lease = `${leases}/${parentName(set)}`
  const bundle = bundleOf(set, 1, [{ ...release, objects: [configMap('x')] }])
  return {
    ...found,
    set,
    bundle,
    lease,
    /** As a run of that name, which renewed the lock so long ago, would leave it. */
    hold: async (holder: string, ago: number) =>
      await request('PATCH', lease, {
        body: {
          spec: {
            holderIdentity: holder,
            leaseDurationSeconds: 30,
            renewTime: new Date(Date.now() - ago).toISOString().replace('Z', '000Z'),
          },
        },
        type: 'application/merge-patch+json',
      }),
    holder: async (): Promise<string> => (await request('GET', lease)).body.spec.holderIdentity ?? '',
    unlocked: async (force = false): Promise<LockState | Problem[]> => {
      try {
        return await unlockSet({ set, force }, { cluster, clock, tell: () => undefined })
      } catch (error) {
        if (error instanceof Refused) return error.problems
        throw error
      }
    },
    run: async (...args: string[]) =>
      await execa('node', [program, ...args, '--kubeconfig', controlPlane.kubeconfig], {
        reject: false,
        preferLocal: true,
        env: { CI: 'true' },
      }),
  }
}

test('a lock that nobody holds is told as free, and one that lives is freed by force alone', async (t) => {
  const { cluster, bundle, set, hold, holder, unlocked } = await scene('unlock')
  t.like(await unlocked(), { state: 'free', freed: false })
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  t.like(await unlocked(), { state: 'free', freed: false })
  await hold('alice/1', 1000)
  const refused = await unlocked()
  t.like(refused, [{ code: 'apply/locked', fault: 'world' }])
  t.regex(
    JSON.stringify(refused),
    new RegExp(`alice/1 holds the lock of ${set}.* unlock --set ${set} --force`),
  )
  t.is(await holder(), 'alice/1')
  t.like(await unlocked(true), { state: 'held', holder: 'alice/1', freed: true })
  t.is(await holder(), '')
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
})

test('a lock that has expired is freed, unless somebody still renews it', async (t) => {
  const { cluster, bundle, hold, holder, unlocked } = await scene('expired')
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  // A run that lives, and whose clock is wrong.
  await hold('alice/1', 3_600_000)
  const renewing = setInterval(() => void hold('alice/1', 3_600_000), 2000)
  t.teardown(() => clearInterval(renewing))
  t.like(await unlocked(), [{ code: 'apply/locked' }])
  clearInterval(renewing)
  await new Promise((resolve) => setTimeout(resolve, 300))
  await hold('bob/2', 3_600_000)
  t.like(await unlocked(), { state: 'expired', holder: 'bob/2', freed: true })
  t.is(await holder(), '')
})

test('a Lease of that name which is no lock of the set is left alone, with force as well', async (t) => {
  const { request, set, unlocked } = await scene('foreign-lock')
  // The first run of any set makes it; this test may come before.
  await request('POST', '/api/v1/namespaces', {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: inventoryNamespace } },
  })
  const made = await request('POST', leases, {
    body: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: parentName(set) },
      spec: { holderIdentity: 'somebody' },
    },
  })
  t.is(made.status, 201)
  t.like(await unlocked(true), [{ code: 'apply/foreign-lock', fault: 'world' }])
  t.is((await request('GET', `${leases}/${parentName(set)}`)).body.spec.holderIdentity, 'somebody')
})

test('a run whose lock another run has taken stops before it writes anything more', async (t) => {
  const { controlPlane, namespace, hold, holder, set, release, request } = await scene('lost')
  const proxy = await startProxy(controlPlane)
  t.teardown(() => proxy.stop())
  const bundle = bundleOf(set, 1, [
    { ...release, objects: [deployment('stuck', { 'test.scout/fate': 'unready' })] },
    { name: 'later', namespace, objects: [configMap('later')] },
  ])
  let isTaken: Promise<unknown> | undefined
  const { problems, report } = await applied(await open(proxy.kubeconfig), bundle, {
    listen: (told: Told) => {
      if (told.tell !== 'subject' || told.subject !== 'app' || told.ready === undefined) return
      isTaken ??= hold('bob/2', 0).then(() => proxy.reset())
    },
  })
  t.truthy(isTaken)
  t.like(problems, [{ code: 'apply/stopped', fault: 'world' }])
  t.regex(problems?.[0]?.what ?? '', /another run has taken it/)
  t.deepEqual(
    report?.releases.map(({ name, state }) => [name, state]),
    [
      ['app', 'stopped'],
      ['later', 'not begun'],
    ],
  )
  // Its own renewal is how it finds out; that is refused, as it names the version of before.
  t.deepEqual(
    proxy.mutating().filter((one) => !one.path.startsWith(leases)),
    [],
  )
  t.is(await holder(), 'bob/2')
  t.is((await request('GET', `/api/v1/namespaces/${namespace}/configmaps/later`)).status, 404)
})

test('Ctrl-C ends a run after its step, a second one at once; it is told what to run next, and resume takes it up', async (t) => {
  const { controlPlane, namespace, set, cluster, lease, request, holder, run } = await scene('ctrl-c')
  const folder = await mkdtemp(path.join(os.tmpdir(), 'scout-interrupted-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const releases = (fate: string) => [
    { name: 'one', namespace, objects: [deployment('web', { 'test.scout/fate': fate })] },
    { name: 'two', namespace, dependsOn: ['one'], objects: [configMap('two')] },
  ]
  const { bundle, trust } = await bundleFile(folder, bundleOf(set, 1, releases('unready')))
  const interrupted = async (times: number, ...more: string[]) => {
    const args = [program, bundle, '--trust', trust, '--kubeconfig', controlPlane.kubeconfig, ...more]
    const process = execa('node', args, { reject: false, preferLocal: true, env: { CI: 'true' }, all: true })
    let sent = 0
    process.all.on('data', (chunk: Buffer) => {
      const isWaiting = sent === 0 && /one.*ready/.test(String(chunk))
      const isAgain = sent === 1 && times === 2 && String(chunk).includes('once more ends at once')
      if (!isWaiting && !isAgain) return
      sent++
      process.kill('SIGINT')
    })
    return await process
  }

  const both = await run('resume', bundle, '--set', 'other-test', '--trust', trust)
  t.is(both.exitCode, 2)
  t.regex(both.stderr, /takes a bundle or --set, not both/)
  const resumeEarly = await run('resume', bundle, '--trust', trust)
  t.is(resumeEarly.exitCode, 1)
  t.regex(resumeEarly.stderr, /plan\/nothing-to-resume/)

  const first = await interrupted(1)
  t.is(first.exitCode, 4, first.all)
  t.regex(first.all, /one +stopped/)
  t.regex(first.all, /two +not begun +the run ended before it/)
  t.regex(first.all, /apply\/stopped/)
  t.regex(first.all, new RegExp(`scout-apply resume ${bundle}`))
  t.is(await holder(), '')

  const resumed = await run('resume', bundle, '--trust', trust, '--timeout', 'one=2s', '--output', 'json')
  t.is(resumed.exitCode, 4, resumed.stderr)
  const told = JSON.parse(resumed.stdout) as {
    problems: Problem[]
    releases: { state: string }[]
    next: string[]
  }
  t.like(told.problems, [{ code: 'apply/not-ready' }])
  t.regex(told.problems[0]?.what ?? '', /not ready after 2 s/)
  t.deepEqual(
    told.releases.map(({ state }) => state),
    ['failed', 'not begun'],
  )
  const same = `--trust ${trust} --kubeconfig ${controlPlane.kubeconfig}`
  t.deepEqual(told.next, [`scout-apply ${bundle} status ${same}`, `scout-apply resume ${bundle} ${same}`])

  const unfiled = await run('resume', '--set', set, '--trust', trust, '--timeout', '2s')
  t.is(unfiled.exitCode, 4, unfiled.stderr)
  t.regex(unfiled.stderr, /not ready after 2 s/)
  t.true(unfiled.stderr.includes(`scout-apply resume --set ${set}`))

  const second = await interrupted(2)
  t.is(second.signal ?? second.exitCode, 'SIGINT')
  const name = await holder()
  t.not(name, '')
  t.regex((await request('GET', lease)).body.spec.acquireTime, /^\d{4}-/)
  const held = await run('unlock', bundle, '--trust', trust)
  t.is(held.exitCode, 4)
  t.true(held.stderr.includes(name))
  const forced = await run('unlock', '--set', set, '--force')
  t.is(forced.exitCode, 0, forced.stderr)
  t.regex(forced.stdout, /it is free now/)
  t.is(await holder(), '')
  const healthy = bundleOf(
    set,
    2,
    [releases('')[1]].flatMap((one) => (one ? [{ ...one, dependsOn: [] }] : [])),
  )
  t.deepEqual((await applied(cluster, healthy)).problems, undefined)
})

test('unlock and --timeout say what is wrong with their words', async (t) => {
  const { run, set, controlPlane, namespace } = await scene('words')
  const neither = await run('unlock')
  t.is(neither.exitCode, 2)
  const both = await run('unlock', 'bundle.tgz', '--set', set)
  t.is(both.exitCode, 2)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'scout-timeout-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const { bundle, trust } = await bundleFile(
    folder,
    bundleOf(set, 1, [{ name: 'app', namespace, objects: [configMap('x')] }]),
  )
  const wrong = await run(
    bundle,
    '--trust',
    trust,
    '--timeout',
    'soon',
    '--timeout',
    'ap=2m',
    '--timeout',
    '2m',
    '--timeout',
    '3m',
  )
  t.is(wrong.exitCode, 2)
  t.regex(wrong.stderr, /"soon" is no duration/)
  t.regex(wrong.stderr, /no release ap\.[\s\S]*Did you mean app=2m\?/)
  t.regex(wrong.stderr, /3m: there is another one for all releases/)
  t.truthy(controlPlane)
})
