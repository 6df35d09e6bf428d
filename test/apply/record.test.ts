import { mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'ava'
import { execa } from 'execa'
import { auditOf as recordsOf } from '../../src/control-plane/pipeline.ts'
import { inventoryNamespace, parentName } from '../../src/core/applyset.ts'
import type { AuditRecord } from '../../src/core/audit.ts'
import type { AuditState } from '../../src/core/audit-check.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { Refused } from '../../src/core/problem.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { bundleFile } from './bundle-file.ts'
import { bundleOf, configMap, deployment, freshSet } from './set.ts'

const program = path.join(import.meta.dirname, '../../src/scout-apply.ts')
const secrets = `/api/v1/namespaces/${inventoryNamespace}/secrets`

const scene = async (purpose: string) => {
  const found = await freshSet(purpose)
  const { request, release, controlPlane } = found
  const set = `${found.set}-test`
  const folder = await mkdtemp(path.join(tmpdir(), 'scout-record-'))
  const audit = `${secrets}/scout-audit-${set}`
  const bundles = [1, 2, 3].map((sequence) =>
    bundleOf(set, sequence, [{ ...release, objects: [configMap('x', { a: String(sequence) })] }]),
  )
  return {
    ...found,
    set,
    folder,
    bundles,
    audit,
    file: path.join(folder, 'audit.jsonl'),
    metrics: path.join(folder, 'scout.prom'),
    run: async (args: string[], kubeconfig = controlPlane.kubeconfig) =>
      await execa('node', [program, ...args, '--kubeconfig', kubeconfig], {
        reject: false,
        preferLocal: true,
        env: { CI: 'true' },
      }),
    events: async (): Promise<{ [field: string]: unknown }[]> =>
      (
        await request(
          'GET',
          `/api/v1/namespaces/${inventoryNamespace}/events?fieldSelector=involvedObject.name=${parentName(set)}`,
        )
      ).body.items,
    end: () => rm(folder, { recursive: true }),
  }
}

type Scene = Awaited<ReturnType<typeof scene>>

const apply = async (scene: Scene, at: number, ...options: string[]) => {
  const wanted = scene.bundles[at]
  if (wanted === undefined) throw new Error(`there is no bundle ${at}`)
  const { bundle, trust } = await bundleFile(scene.folder, wanted)
  return await scene.run([bundle, '--trust', trust, ...options])
}

const auditOf = async (
  { run, set }: Scene,
  ...options: string[]
): Promise<{ code: number; state: AuditState }> => {
  const { exitCode, stdout } = await run(['audit', '--set', set, '--output', 'json', ...options])
  return { code: exitCode ?? 0, state: JSON.parse(stdout) as AuditState }
}

/** What is wrong with the records on the cluster, or why they cannot be read. */
const faultsOf = async ({ cluster, set }: Scene): Promise<string> => {
  try {
    return (await recordsOf(set, { cluster, tell: () => undefined })).faults.join('\n')
  } catch (error) {
    if (error instanceof Refused) return error.problems.map(({ what }) => what).join('\n')
    throw error
  }
}

const linesOf = async (file: string): Promise<AuditRecord[]> =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditRecord)

test('a run leaves an audit record, events and metrics; one that has nothing to do a line in the file alone', async (t) => {
  const here = await scene('record')
  const { set, file, metrics, request, controlPlane } = here
  const proxy = await startProxy(controlPlane)
  try {
    const options = ['--audit-file', file, '--metrics-file', metrics]
    t.is((await apply(here, 0, ...options)).exitCode, 0)
    const { code, state } = await auditOf(here, '--audit-file', file)
    t.is(code, 0)
    t.deepEqual(state.faults, [])
    t.like(state.records, [
      {
        number: 1,
        before: '',
        set,
        does: 'apply',
        result: 'applied',
        user: 'admin',
        bundle: { version: '1.0.1', sequence: 1, signedBy: ['alice'] },
        releases: { app: 'done' },
        planned: { create: 1 },
        problems: [],
      },
    ])
    const reasons = (await here.events()).map(({ reason }) => String(reason))
    t.deepEqual(reasons.sort(), ['Applied', 'ApplyStarted'])
    const { body: parent } = await request('GET', `${secrets}/${parentName(set)}`)
    const applied = (await here.events()).find(({ reason }) => reason === 'Applied')
    t.like(applied, { type: 'Normal', involvedObject: { kind: 'Secret', uid: parent.metadata.uid } })
    t.regex(
      String(applied?.['message']),
      /^bundle 1\.0\.1 \(sequence 1, sha256:\w{12}\), by admin: 1 created, /,
    )

    t.is((await stat(file)).mode & 0o777, 0o600)
    t.is((await stat(metrics)).mode & 0o777, 0o644)
    t.regex(
      await readFile(metrics, 'utf8'),
      new RegExp(`^scout_apply_last_run_success{set="${set}"} 1$`, 'm'),
    )

    const { bundle, trust } = await bundleFile(here.folder, here.bundles[0]!)
    const again = await here.run([bundle, '--trust', trust, ...options], proxy.kubeconfig)
    t.regex(again.stdout, /nothing to do/)
    t.deepEqual(
      proxy.mutating().filter(({ path }) => !path.includes('/leases')),
      [],
    )
    t.like(await linesOf(file), [{ result: 'applied' }, { number: 2, result: 'nothing to do' }])
    t.like(await auditOf(here, '--audit-file', file), {
      code: 0,
      state: { faults: [], records: { length: 1 } },
    })

    t.is((await apply(here, 1, ...options)).exitCode, 0)
    const shown = await here.run(['audit', '--set', set])
    t.regex(shown.stdout, /#2 \S+  applied  apply 1\.0\.2 \(sequence 2\) by admin\n.*signed by alice/)
    t.regex(shown.stdout, /The chain holds; it ends in sha256:/)
    const status = await here.run([bundle, 'status', '--trust', trust])
    t.regex(status.stdout, /last run: apply of 1\.0\.2 by admin, ended \S+: applied\n/)
  } finally {
    await proxy.stop()
    await here.end()
  }
})

test('a run that is refused for the lock of another one tells no Events of a run that began or failed', async (t) => {
  const here = await scene('locked-out')
  t.teardown(here.end)
  await here.request('POST', '/apis/coordination.k8s.io/v1/namespaces/scout-system/leases', {
    body: {
      metadata: { name: parentName(here.set) },
      spec: {
        holderIdentity: 'alice',
        leaseDurationSeconds: 30,
        renewTime: new Date().toISOString().replace('Z', '000Z'),
      },
    },
  })
  const { exitCode, stderr } = await apply(here, 0)
  t.is(exitCode, 4, stderr)
  t.regex(stderr, /apply\/locked/)
  t.deepEqual(await here.events(), [])
})

test('audit records that were changed, taken out or put elsewhere are named, and with the file so is a chain made anew', async (t) => {
  const here = await scene('tamper')
  const { set, file, audit, request } = here
  try {
    for (const at of [0, 1, 2]) t.is((await apply(here, at, '--audit-file', file)).exitCode, 0)
    const { body: secret } = await request('GET', audit)
    const lines = Buffer.from(secret.data.records, 'base64').toString().trimEnd().split('\n')
    const write = async (records: string[]): Promise<void> => {
      const { status } = await request('PATCH', audit, {
        type: 'application/merge-patch+json',
        body: { data: { records: Buffer.from(`${records.join('\n')}\n`).toString('base64') } },
      })
      t.is(status, 200)
    }
    const [one = '', two = '', three = ''] = lines
    const cases: [string[], RegExp][] = [
      [[one, two.replace('"user":"admin"', '"user":"nobody"'), three], /record 2 was changed/],
      [[one, three], /record 2 is missing/],
      [[two, three], /record 1 is missing/],
      [[two, one, three], /record 1 stands behind record 2/],
      [['no json', two], /cannot be read: line 1: /],
    ]
    for (const [records, fault] of cases) {
      await write(records)
      t.regex(await faultsOf(here), fault)
    }
    const { exitCode, stderr } = await here.run(['audit', '--set', set])
    t.is(exitCode, 4)
    t.regex(stderr, /error audit\/unreadable: .* cannot be read: line 1: /)
    // The last one cut off leaves a chain that holds: only who kept a copy can tell.
    await write([one, two])
    t.is(await faultsOf(here), '')
    const { code, state } = await auditOf(here, '--audit-file', file)
    t.is(code, 1)
    t.regex(state.faults.join('\n'), /^the run of \S+ \(.*\), record 3 in .*, is not on the cluster$/)
    // A record that was changed can be followed by others, but not be believed again.
    await write([one, two.replace('"user":"admin"', '"user":"nobody"')])
    t.is((await apply(here, 0, '--allow-downgrade')).exitCode, 0)
    t.regex(await faultsOf(here), /record 2 was changed/)
  } finally {
    await here.end()
  }
})

test('a record that was cut off in the file stays as it is: the next runs go on behind it, and the check warns and believes them', async (t) => {
  const here = await scene('torn')
  const { file, set } = here
  try {
    for (const at of [0, 1]) t.is((await apply(here, at, '--audit-file', file)).exitCode, 0)
    // As a run leaves it that was killed while it wrote, or had no room left on the disk.
    await truncate(file, (await stat(file)).size - 100)
    const torn = await readFile(file, 'utf8')
    const { exitCode, stderr } = await apply(here, 2, '--audit-file', file)
    t.is(exitCode, 0, stderr)
    t.notRegex(stderr, /audit\/|record\//)
    t.is((await apply(here, 2, '--audit-file', file)).exitCode, 0)
    const text = await readFile(file, 'utf8')
    t.true(text.startsWith(`${torn}\n`))
    const [first = '', , third = '', fourth = ''] = text.split('\n')
    const [one, two, three] = [first, third, fourth].map((line) => JSON.parse(line) as AuditRecord)
    t.like(two, { number: 2, before: one?.digest })
    t.like(three, { number: 3, before: two?.digest })
    t.like(await auditOf(here, '--audit-file', file), {
      code: 0,
      state: { faults: [], torn: [`line 2 of ${file} was cut off while it was written`] },
    })
    const checked = await here.run(['audit', '--set', set, '--audit-file', file])
    t.regex(checked.stderr, /warning audit\/torn: Line 2 of /)
    await writeFile(file, text.replace(/("number":2,.*)"user":"admin"/, '$1"user":"nobody"'))
    const changed = await auditOf(here, '--audit-file', file)
    t.is(changed.code, 1)
    t.regex(changed.state.faults.join('\n'), /^record 2 was changed after it was written, in /)
  } finally {
    await here.end()
  }
})

test('who may not write events applies all the same and is warned; a file that cannot be written is found before', async (t) => {
  const here = await scene('no-events')
  const { request, controlPlane, namespace, set, folder } = here
  try {
    // May do everything but write events.
    const user = `no-events-${namespace}`
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: user } }
    const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']
    await request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      body: {
        ...role,
        kind: 'ClusterRole',
        rules: [
          { apiGroups: [''], resources: ['secrets', 'configmaps', 'namespaces', 'pods'], verbs },
          { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs },
        ],
      },
    })
    await request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      body: {
        ...role,
        kind: 'ClusterRoleBinding',
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: user },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
      },
    })
    const kubeconfig = await controlPlane.userKubeconfig(user)
    const { bundle, trust } = await bundleFile(folder, here.bundles[0]!)
    const { exitCode, stderr } = await here.run([bundle, '--trust', trust], kubeconfig)
    t.is(exitCode, 0, stderr)
    t.regex(stderr, new RegExp(`warning cluster/forbidden: ${user} may not create events`))
    t.like((await auditOf(here)).state.records, [{ user, result: 'applied' }])
    t.deepEqual(await here.events(), [])

    const link = path.join(folder, 'link.jsonl')
    await writeFile(path.join(folder, 'target'), 'keep me')
    await symlink('target', link)
    for (const file of [path.join(folder, 'no', 'folder.jsonl'), link]) {
      const refused = await apply(here, 1, '--audit-file', file)
      t.is(refused.exitCode, 4, refused.stderr)
    }
    t.is(await readFile(path.join(folder, 'target'), 'utf8'), 'keep me')
    t.is((await request('GET', `/api/v1/namespaces/${namespace}/configmaps/x`)).body.data.a, '1')
    t.is((await auditOf(here)).state.records.length, 1)
    t.is((await here.run([bundle, '--trust', trust, '--metrics-file', folder])).exitCode, 0)
    t.truthy(set)
  } finally {
    for (const kind of ['clusterroles', 'clusterrolebindings'])
      await request('DELETE', `/apis/rbac.authorization.k8s.io/v1/${kind}/no-events-${namespace}`)
    await here.end()
  }
})

test('a run that fails is recorded with its releases and codes, and with no word of what a server said', async (t) => {
  const here = await scene('failed')
  const { set, release, metrics, file } = here
  try {
    const object: KubeObject = deployment('web', { 'test.scout/fate': 'unready' })
    here.bundles[0] = bundleOf(set, 1, [
      { ...release, objects: [object], timeoutSeconds: 2 },
      { ...release, name: 'after', dependsOn: ['app'], objects: [configMap('y')] },
    ])
    const failed = await apply(here, 0, '--metrics-file', metrics, '--audit-file', file)
    t.is(failed.exitCode, 4, failed.stderr)
    t.like((await auditOf(here)).state.records, [
      { result: 'failed', problems: ['apply/not-ready'], releases: { app: 'failed', after: 'not begun' } },
    ])
    const event = (await here.events()).find(({ reason }) => reason === 'ApplyFailed')
    t.like(event, { type: 'Warning' })
    t.regex(String(event?.['message']), /: apply\/not-ready, app failed, after not begun$/)
    const text = await readFile(metrics, 'utf8')
    t.regex(text, /^scout_apply_last_run_success\{set="[^"]*"\} 0$/m)
    t.regex(text, /^scout_apply_last_run_releases\{set="[^"]*",state="not begun"\} 1$/m)
    t.regex(text, /^scout_apply_last_run_problems\{set="[^"]*",code="apply\/not-ready"\} 1$/m)
    t.notRegex(text, /last_success/)
    t.notRegex(await readFile(file, 'utf8'), /replica/)
  } finally {
    await here.end()
  }
})
