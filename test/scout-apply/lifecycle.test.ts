import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { bundleFile } from '../apply/bundle-file.ts'
import { bundleOf, configMap } from '../apply/set.ts'
import { testKey } from '../core/bundle/trusted.ts'
import { ended, root } from '../line/site.ts'

const controlPlane = await sharedControlPlane()
const folder = await mkdtemp(join(tmpdir(), 'scout-lifecycle-'))
test.after.always(async () => await rm(folder, { recursive: true }))

test('history, rollback, remove and --only, from the command line', async (t) => {
  const namespace = await freshNamespace(controlPlane, 'lifecycle')
  const set = `${namespace}-test`
  const signer = testKey('alice')
  const make = async (sequence: number) => {
    const { manifest, ...rest } = bundleOf(set, sequence, [
      { name: 'db', namespace, objects: [configMap('db', { n: `${sequence}` })] },
      { name: 'shop', namespace, dependsOn: ['db'], objects: [configMap(`shop-${sequence}`)] },
    ])
    const wanted = { ...rest, manifest: { ...manifest, environment: 'test' } }
    return await bundleFile(folder, wanted, { signer, name: `${sequence}-${randomUUID()}.tgz` })
  }
  const [first, second] = [await make(1), await make(2)]
  const scout = async (...args: string[]) =>
    await ended(
      'node',
      [
        join(root, 'src/scout-apply.ts'),
        ...args,
        '--trust',
        first.trust,
        '--kubeconfig',
        controlPlane.kubeconfig,
      ],
      { cwd: folder, env: { CI: 'true' } },
    )
  const names = async (): Promise<string[]> => {
    const { body } = await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/configmaps`)
    return body.items
      .map((one: { metadata: { name: string } }) => one.metadata.name)
      .filter((name: string) => name !== 'kube-root-ca.crt')
  }
  const done = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await scout(...args)
    t.is(exitCode, 0, stderr)
    return stdout
  }

  await done(first.bundle)
  await done(second.bundle, '--only', 'shop')
  t.deepEqual(await names(), ['db', 'shop-2'])
  t.regex(
    await done('history', '--set', set),
    /1 +\S+Z +1\.0\.1 +\w{12} +applied +apply: .*\n2 .* apply only shop: /,
  )
  const shown = await done('rollback', '--set', set, '--only', 'shop', '--dry-run')
  t.regex(shown, /\+ ConfigMap .*\/shop-1/)
  t.regex(await done('rollback', '--set', set, '--only', 'shop'), /Back at revision 1: /)
  t.deepEqual(await names(), ['db', 'shop-1'])

  const needed = await scout('remove', 'db', '--set', set)
  t.is(needed.exitCode, 1)
  t.regex(needed.stderr, /Release shop depends on db\./)
  t.regex(await done('remove', '--all', '--set', set), /removed db, shop|removed shop, db/)
  t.deepEqual(await names(), [])
  const { present, revisions } = JSON.parse(await done('history', second.bundle, '--output', 'json'))
  t.deepEqual(present.releases, {})
  t.deepEqual(
    revisions.map((one: { did: string }) => one.did),
    ['apply', 'apply', 'rollback', 'remove'],
  )
  await done('rollback', '1', '--set', set)
  t.deepEqual(await names(), ['db', 'shop-1'])

  for (const [args, says] of [
    [['remove', '--set', set], /needs to know which releases/],
    [['remove', 'db', '--all', '--set', set], /takes releases or --all/],
    [['rollback', 'x', '--set', set], /"x" is no revision/],
    [['rollback', '1', '--set', 'No_Set'], /is no name of a set/],
    [['history', first.bundle, '--set', set], /takes a bundle or --set/],
    [[first.bundle, '--history-keep', '0'], /--history-keep is no whole number/],
  ] as const) {
    const { exitCode, stderr } = await scout(...args)
    t.is(exitCode, 2, args.join(' '))
    t.regex(stderr, says)
  }
})
