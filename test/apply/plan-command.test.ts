import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'ava'
import { execa } from 'execa'
import { readTrust } from '../../src/core/trust.ts'
import { identify } from '../../src/control-plane/identify/identify.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { bundleFile } from './bundle-file.ts'
import { bundleOf, configMap, deployment, freshSet, open } from './set.ts'

const program = path.join(import.meta.dirname, '../../src/scout-apply.ts')
const elsewhere = '00000000-0000-4000-8000-000000000000'

const scene = async (t: { teardown(work: () => Promise<void>): void }, purpose: string) => {
  const set = await freshSet(purpose)
  const folder = await mkdtemp(path.join(tmpdir(), 'scout-plan-'))
  t.teardown(async () => await rm(folder, { recursive: true }))
  const proxy = await startProxy(set.controlPlane)
  t.teardown(proxy.stop)
  const wanted = bundleOf(`${set.set}-test`, 1, [
    { ...set.release, objects: [configMap('x'), deployment('web')] },
  ])
  const files = await bundleFile(folder, wanted)
  const { uid } = (await set.request('GET', '/api/v1/namespaces/kube-system')).body.metadata
  const at = (name: string): string => path.join(folder, name)
  return {
    ...set,
    ...files,
    at,
    proxy,
    uid: uid as string,
    run: async (...args: string[]) =>
      await execa('node', [program, ...args, '--trust', files.trust, '--kubeconfig', proxy.kubeconfig], {
        reject: false,
        preferLocal: true,
        env: { CI: 'true' },
      }),
    trustWith: async (clusterId: string): Promise<void> => {
      const trust = JSON.parse(await readFile(files.trust, 'utf8')) as object
      await writeFile(files.trust, JSON.stringify({ ...trust, clusterId }))
    },
  }
}

test('a plan is saved, shown as a page, agreed to and carried out', async (t) => {
  const { run, bundle, at, proxy } = await scene(t, 'command')
  const shown = await run(bundle, '--dry-run', '--save-plan', at('plan.json'), '--html', at('plan.html'))
  t.is(shown.exitCode, 0, shown.stderr)
  t.regex(shown.stdout, /\+ ConfigMap \S+\/x\n.*\+ Deployment \S+\/web/s)
  t.regex(shown.stdout, /which runs Kubernetes v1\.\d+\.\d+\S*; made for 1\.36/)
  t.regex(await readFile(at('plan.html'), 'utf8'), /^<!doctype html>/)
  t.deepEqual(proxy.mutating(), [])
  const json = await run(bundle, 'plan', '--output', 'json')
  t.is(json.stdout, (await readFile(at('plan.json'), 'utf8')).trimEnd())
  const done = await run(bundle, '--approve-plan', at('plan.json'))
  t.is(done.exitCode, 0, done.stderr)
  const late = await run(bundle, '--approve-plan', at('plan.json'))
  t.is(late.exitCode, 1)
  t.regex(late.stderr, /not what was agreed to in \S+plan\.json: .*the change of ConfigMap \S+\/x is gone/s)
})

test('plan files without a plan, and a plan that is none, are refused before anything is asked', async (t) => {
  const { run, bundle, at, proxy } = await scene(t, 'misused')
  const alone = await run(bundle, '--save-plan', at('plan.json'))
  t.is(alone.exitCode, 2)
  t.regex(alone.stderr, /--save-plan goes with --dry-run alone/)
  t.is((await run(bundle, '--approve-plan', at('none.json'))).exitCode, 2)
  await writeFile(at('edited.json'), '{"format":1,"digest":"sha256:0"}')
  const edited = await run(bundle, '--approve-plan', at('edited.json'))
  t.is(edited.exitCode, 1)
  t.regex(edited.stderr, /is not as it was saved/)
  t.deepEqual(proxy.requests, [])
})

test('a kubeconfig that leads to another cluster than the trust file says is refused, whatever the command', async (t) => {
  const { run, bundle, proxy, trustWith, uid, at } = await scene(t, 'identity')
  await trustWith(elsewhere)
  const isRead = (): boolean => proxy.requests.every(({ path }) => path === '/api/v1/namespaces/kube-system')
  for (const args of [
    [bundle],
    [bundle, '--dry-run'],
    [bundle, 'status'],
    ['site-values', bundle],
    ['capabilities'],
  ]) {
    proxy.reset()
    const { exitCode, stderr } = await run(...args)
    t.is(exitCode, 1, args.join(' '))
    t.regex(stderr, /This is not test: the Namespace kube-system of \S+ has the UID/)
    t.true(isRead(), args.join(' '))
  }
  await trustWith(uid)
  t.is((await run(bundle, '--dry-run', '--save-plan', at('plan.json'))).exitCode, 0)
  t.like(JSON.parse(await readFile(at('plan.json'), 'utf8')), { cluster: { name: 'test', id: uid } })
})

test('who may not read the identity of a cluster that the trust file names is refused', async (t) => {
  const { proxy } = await scene(t, 'nobody')
  const cluster = await open(proxy.kubeconfig)
  const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Forbidden', message: 'no' })
  proxy.meddle(() => ({ answer: { status: 403, headers: { 'content-type': 'application/json' }, body } }))
  const found = await identify({ cluster: 'test', clusterId: elsewhere, file: 'trust.yaml' }, cluster)
  t.like(found, { ok: false, problems: [{ code: 'cluster/unknown-identity', fault: 'world' }] })
  t.true((await identify({ cluster: 'test', file: 'trust.yaml' }, cluster)).ok)
})

for (const clusterId of ['', 'production', elsewhere.toUpperCase().replaceAll('0', 'A'), `${elsewhere} `])
  test(`a trust file whose clusterId is "${clusterId}" is refused`, (t) => {
    const read = readTrust(
      Buffer.from(
        JSON.stringify({ cluster: 'test', clusterId, threshold: 1, keys: [{ name: 'a', publicKey: 'x' }] }),
      ),
      'trust.yaml',
    )
    t.like(read, { ok: false, problems: [{ code: 'trust/wrong-shape' }] })
  })
