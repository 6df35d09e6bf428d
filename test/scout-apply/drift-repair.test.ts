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
const folder = await mkdtemp(join(tmpdir(), 'scout-drift-'))
test.after.always(async () => await rm(folder, { recursive: true }))

test('drift and repair, from the command line', async (t) => {
  const namespace = await freshNamespace(controlPlane, 'drift-cli')
  const set = `${namespace}-test`
  const signer = testKey('alice')
  const make = async (sequence: number, names: string[]) => {
    const objects = names.map((name) => configMap(name))
    const { manifest, ...rest } = bundleOf(set, sequence, [{ name: 'app', namespace, objects }])
    const wanted = { ...rest, manifest: { ...manifest, environment: 'test' } }
    return await bundleFile(folder, wanted, { signer, name: `${sequence}.tgz` })
  }
  const [first, second] = [await make(1, ['x', 'old']), await make(2, ['x'])]
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
  const ends = async (code: number, ...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await scout(...args)
    t.is(exitCode, code, `${args.join(' ')}\n${stdout}${stderr}`)
    return code === 0 || code === 3 ? stdout : stderr
  }
  const x = `/api/v1/namespaces/${namespace}/configmaps/x`
  const named = ['--set', set]

  await ends(0, first.bundle)
  t.regex(await ends(0, 'drift', ...named, '--exit-code'), /No drift: 3 objects as they were applied\./)
  await controlPlane.request('PATCH', `${x}?fieldManager=kubectl-edit`, {
    body: { data: { a: '2' } },
    type: 'application/merge-patch+json',
  })
  const told = await ends(3, 'drift', first.bundle, '--exit-code')
  t.regex(told, /~ ConfigMap \S+\/x\n +data\.a \(set by kubectl-edit, which wrote last at .*\): .*1.* → .*2/)
  await ends(0, 'drift', ...named)
  await ends(3, 'drift', ...named, '--correct', '--dry-run', '--exit-code')
  t.is((await controlPlane.request('GET', x)).body.data.a, '2')
  t.regex(await ends(0, 'drift', ...named, '--correct', '--exit-code'), /Put back: 1 object\./)
  t.is((await controlPlane.request('GET', x)).body.data.a, '1')
  t.deepEqual(JSON.parse(await ends(0, 'drift', ...named, '--output', 'json')).objects, [])
  t.regex(await ends(0, 'history', ...named), /2 .* applied +correct drift of app: 0 created, 1 changed/)

  t.regex(await ends(1, 'repair', ...named), /inventory of \S+ is whole/)
  await controlPlane.request('DELETE', `/api/v1/namespaces/scout-system/secrets/scout-${set}`)
  t.regex(await ends(4, second.bundle), /scout-apply repair BUNDLE/)
  t.regex(await ends(2, 'drift', ...named), new RegExp(`scout-apply repair --set ${set}`))
  const shown = await ends(0, 'repair', second.bundle, '--dry-run')
  t.regex(
    shown,
    /not in the bundle: the next apply prunes it, by its usual rules \(1\)\n +ConfigMap \S+\/old\n/,
  )
  t.regex(shown, /To be written: 3 objects/)
  t.regex(await ends(0, 'repair', ...named), /Applied last, by the history: bundle 1\.0\.1/)
  t.regex(await ends(0, second.bundle), /1 deleted/)
  const audit = JSON.parse(await ends(0, 'audit', ...named, '--output', 'json'))
  t.deepEqual(
    audit.records.map(({ does }: { does: string }) => does),
    ['apply', 'correct', 'repair', 'apply'],
  )

  await ends(2, 'drift', first.bundle, ...named)
  await ends(2, 'drift', ...named, '--dry-run')
  await ends(2, 'repair')
})
