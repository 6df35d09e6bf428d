import test from 'ava'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { execa } from 'execa'
import { storeId } from '../../src/core/site-values/store.ts'
import { bundleFile } from '../apply/bundle-file.ts'
import { freshSet } from '../apply/set.ts'
import { textsOf, tracesOf } from '../apply/traces.ts'
import { objectsIn, valuedBundle } from '../apply/valued.ts'

const program = path.join(import.meta.dirname, '../../src/scout-apply.ts')

test('an operator supplies, applies, lists, rotates, backs up and restores, and never sees a value', async (t) => {
  const { controlPlane, request, namespace } = await freshSet('operator')
  const folder = await mkdtemp(path.join(os.tmpdir(), 'scout-site-values-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const set = `${namespace}-test`
  const objects = objectsIn(namespace).filter(({ kind }) => kind !== 'Deployment')
  const { bundle, trust } = await bundleFile(folder, valuedBundle(set, namespace, 1, objects))
  const told: unknown[] = []
  const run = async (args: string[], input = '') => {
    const { exitCode, stdout, stderr } = await execa(
      'node',
      [program, ...args, '--trust', trust, '--kubeconfig', controlPlane.kubeconfig],
      { input, reject: false, preferLocal: true, env: { CI: 'true' } },
    )
    told.push(stdout, stderr)
    return { exitCode, stdout, stderr }
  }
  const values = async (...args: string[]) => await run(['site-values', bundle, ...args])

  const early = await run([bundle])
  t.is(early.exitCode, 4)
  t.regex(early.stderr, /supply app\/smtp --from FILE/)
  t.regex((await values()).stdout, /app\/smtp +supplied +missing +supply it/)

  const supplied = await run(['site-values', bundle, 'supply', 'app/smtp'], 'Smtp-Value-1\n')
  t.is(supplied.exitCode, 0, supplied.stderr)
  t.regex(supplied.stderr, /The line break at the end of the value was cut off/)
  t.regex(
    (await run([bundle, 'plan', '--output', 'json'])).stdout,
    /"id": "app\/admin",\n +"made": "password"/,
  )
  const first = await run([bundle])
  t.is(first.exitCode, 0, first.stderr)
  t.is(
    (await request('GET', `/api/v1/namespaces/${namespace}/configmaps/settings`)).body.metadata.annotations
      .mail,
    'Smtp-Value-1',
  )
  t.regex((await values('list', '--output', 'json')).stdout, /"state": "kept"/)
  const before = await textsOf(request, namespace, 'secrets', 'web')

  const identity = await generateIdentity()
  const recipient = await identityToRecipient(identity)
  const [backup, key] = [path.join(folder, 'values.age'), path.join(folder, 'key.txt')]
  await writeFile(key, `${identity}\n`, { mode: 0o600 })
  const exported = await values('export', '--to', recipient, '--out', backup)
  t.is(exported.exitCode, 0, exported.stderr)
  t.is((await stat(backup)).mode & 0o777, 0o600)
  t.is((await values('export', '--to', recipient, '--out', backup)).exitCode, 2)

  t.is((await values('rotate', 'app/admin')).exitCode, 0)
  t.regex((await values('list')).stdout, /app\/admin +password +kept +generation 2/)
  const plan = await run([bundle, 'plan'])
  t.regex(plan.stdout, /~ Secret .*\/web\n(?: +data\.\w+: changed \(not shown\)\n)+/)
  t.is((await run([bundle])).exitCode, 0)
  const after = await textsOf(request, namespace, 'secrets', 'web')
  t.not(after['password'], before['password'])

  t.is((await values('restore', backup, '--identity', key)).exitCode, 4)
  const restored = await values('restore', backup, '--identity', key, '--replace')
  t.is(restored.exitCode, 0, restored.stderr)
  t.is((await run([bundle])).exitCode, 0)
  t.deepEqual(await textsOf(request, namespace, 'secrets', 'web'), before)

  const secrets = [before, after].flatMap((one) => [
    one['password'] ?? '',
    one['htpasswd'] ?? '',
    one['key'] ?? '',
  ])
  t.deepEqual(await tracesOf(request, set, namespace, [...secrets, 'Smtp-Value-1'], told), [])
  for (const file of await readdir(folder)) {
    const text = await readFile(path.join(folder, file), 'latin1')
    t.false(
      [...secrets, 'Smtp-Value-1'].some((one) => text.includes(one)),
      file,
    )
  }
})

const slips: [args: string[], code: number, words: RegExp][] = [
  [['rotate'], 2, /rotate needs names, or --all/],
  [['rotate', 'app/admn'], 2, /There is no site value app\/admn\..*Did you mean app\/admin\?/s],
  [['rotate', 'app/smtp'], 2, /app\/smtp is supplied, so no new one can be made/],
  [['supply', 'app/admin'], 2, /its recipe is password/],
  [['supply', 'app/smtp', 'hunter2'], 2, /supply does not know what to do/],
  [['supply', 'app/smtp'], 2, /The value for app\/smtp is empty/],
  [['supply', 'app/smtp', '--from', '/nowhere'], 2, /There is no value \/nowhere/],
  [['list', '--all'], 2, /list takes no --all/],
  [['export', '--out', 'x'], 2, /for whom and where/],
  [['export', '--to', 'age1x', '--out', 'x'], 4, /has no site values on this cluster/],
  [['forget', 'app/none'], 2, /There is no site value app\/none/],
  [['restore', program], 1, /is no file of age/],
]
test('a slip is told with what was meant, and nothing is stored', async (t) => {
  const { controlPlane, request, namespace } = await freshSet('slips')
  const folder = await mkdtemp(path.join(os.tmpdir(), 'scout-site-values-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const set = `${namespace}-test`
  const { bundle, trust } = await bundleFile(folder, valuedBundle(set, namespace))
  for (const [args, code, words] of slips) {
    const { exitCode, stderr } = await execa(
      'node',
      [program, 'site-values', bundle, ...args, '--trust', trust, '--kubeconfig', controlPlane.kubeconfig],
      { input: '', reject: false, preferLocal: true, env: { CI: 'true' } },
    )
    t.is(exitCode, code, `${args.join(' ')}: ${stderr}`)
    t.regex(stderr, words)
  }
  t.is((await request('GET', `/api/v1/namespaces/scout-system/secrets/${storeId(set).name}`)).status, 404)
})
