import { X509Certificate, createPrivateKey } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { parse } from 'yaml'
import { startControlPlane } from '../control-plane/start.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { secretsIn } from './secrets.ts'
import { ended, trialSite } from './site.ts'
import type { Ended } from './site.ts'

const went = (t: ExecutionContext, { command, exitCode, stdout, stderr }: Ended): string => {
  t.is(exitCode, 0, `${command}\n${stdout}\n${stderr}`)
  return stdout
}

/** Only the lock may be written when nothing is to do. */
const besidesTheLock = (requests: { path: string }[]) =>
  requests.filter(({ path }) => !path.includes('/leases'))

test('a declared site runs on a real API server, a changed one becomes exactly what it says, and the same again sends nothing', async (t) => {
  t.timeout(10 * 60_000)
  const controlPlane = await startControlPlane()
  t.teardown(() => controlPlane.stop())
  const proxy = await startProxy(controlPlane)
  t.teardown(() => proxy.stop())
  const kubectl = (...args: string[]) =>
    ended(controlPlane.kubectl, ['--kubeconfig', controlPlane.kubeconfig, ...args])
  const site = await trialSite(t)
  await mkdir(join(site.folder, 'keys'))
  went(t, await site.scout('keys', 'generate', 'keys/staging.key', '--no-passphrase'))
  const trust = went(
    t,
    await site.scout('keys', 'trust', 'keys/staging.pub', '--cluster', 'sample-production'),
  )
  await writeFile(join(site.folder, 'keys/trust.yaml'), trust)
  const bundle = async (version: string, sequence: number): Promise<string> => {
    went(
      t,
      await site.scout(
        'bundle',
        '--env',
        'production',
        '--key',
        'keys/staging.key',
        '--version',
        version,
        '--sequence',
        String(sequence),
      ),
    )
    return `dist/sample-production-${version}.tgz`
  }
  const apply = (file: string, ...args: string[]) =>
    site.apply(file, ...args, '--trust', 'keys/trust.yaml', '--kubeconfig', proxy.kubeconfig)
  const objects = async (): Promise<string[]> => {
    const discovery = went(t, await kubectl('api-resources', '--verbs=list', '-o', 'name'))
    const kinds = discovery
      .split('\n')
      .filter((kind) => !/^(events|endpoints|endpointslices)/.test(kind))
      .join(',')
    const listed = went(
      t,
      await kubectl('get', kinds, '-A', '-l', 'applyset.kubernetes.io/part-of', '-o', 'json'),
    )
    const { items } = JSON.parse(listed) as {
      items: {
        kind: string
        apiVersion: string
        metadata: {
          name: string
          namespace?: string
          annotations?: { [key: string]: string }
          ownerReferences?: unknown
        }
      }[]
    }
    return items
      .filter(
        ({ metadata }) =>
          metadata.ownerReferences === undefined && metadata.annotations?.['helm.sh/hook'] === undefined,
      )
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
      .sort()
  }
  const wanted = async (namespaces: string[]): Promise<string[]> => {
    const names = namespaces.map((name) => `Namespace /${name}`)
    const folder = join(site.folder, 'rendered/production')
    for (const path of await readdir(folder, { recursive: true })) {
      if (!path.endsWith('.yaml') || /\/(hooks|delete-hooks)\//.test(path)) continue
      const { kind, metadata } = parse(await readFile(join(folder, path), 'utf8')) as {
        kind: string
        metadata: { name: string; namespace?: string }
      }
      names.push(`${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
    }
    return names.sort()
  }

  const namespaces = ['agents', 'certs-system', 'monitoring', 'platform', 'shop']
  const first = await bundle('1.0.0', 1)

  const unsupplied = await apply(first)
  t.is(unsupplied.exitCode, 4)
  t.regex(unsupplied.stderr, /db-password/)
  t.deepEqual(besidesTheLock(proxy.mutating()), [], 'nothing is written while a supplied Secret is missing')

  went(t, await kubectl('create', 'namespace', 'shop'))
  went(
    t,
    await kubectl(
      '-n',
      'shop',
      'create',
      'secret',
      'generic',
      'db-password',
      '--from-literal=password=correct-horse',
    ),
  )
  const unknown = await apply(first)
  t.is(unknown.exitCode, 4)
  t.regex(unknown.stderr, /sessions\/mail-password/)
  t.deepEqual(besidesTheLock(proxy.mutating()), [], 'nothing is written while a site value is missing')
  // Beside the site: what is in it is searched for secrets in the end.
  const mail = join(await mkdtemp(join(tmpdir(), 'scout-mail-')), 'mail')
  t.teardown(() => rm(dirname(mail), { recursive: true }))
  await writeFile(mail, 'mail-horse-battery\n')
  went(
    t,
    await site.apply(
      'site-values',
      first,
      'supply',
      'sessions/mail-password',
      '--from',
      mail,
      '--trust',
      'keys/trust.yaml',
      '--kubeconfig',
      proxy.kubeconfig,
    ),
  )
  proxy.reset()
  went(t, await kubectl('-n', 'shop', 'create', 'configmap', 'foreign', '--from-literal=key=value'))
  went(t, await apply(first, '--dry-run'))
  t.deepEqual(besidesTheLock(proxy.mutating()), [], 'a dry run writes nothing')

  went(t, await apply(first))
  t.deepEqual(await objects(), await wanted(namespaces))
  const issuer = went(t, await kubectl('get', 'issuers.certs.sample.example', 'self-signed', '-o', 'json'))
  t.true(issuer.includes('9223372036854775807'), 'a 63-bit integer arrives as it was written')
  t.is(
    went(t, await kubectl('-n', 'shop', 'get', 'job', 'web-drain', '--ignore-not-found', '-o', 'name')),
    '',
    'a delete hook is not applied',
  )

  const secretOf = async (namespace: string, name: string): Promise<{ [key: string]: string }> => {
    const { data } = JSON.parse(
      went(t, await kubectl('-n', namespace, 'get', 'secret', name, '-o', 'json')),
    ) as { data: { [key: string]: string } }
    const texts = Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()])
    return Object.fromEntries(texts) as { [key: string]: string }
  }
  const sessions = await secretOf('shop', 'sessions')
  t.regex(sessions['password'] ?? '', /^[A-Za-z0-9]{24}$/)
  t.notRegex(sessions['password'] ?? '', /scoutsitevalue/)
  t.is(sessions['valkey.conf'], `port 6379\nrequirepass ${sessions['password']}\n`)
  t.is(sessions['mail.url'], 'smtp://sessions:mail-horse-battery@mail.sample.example:587')
  const tls = await secretOf('platform', 'admission-tls')
  const server = new X509Certificate(tls['tls.crt'] ?? '')
  t.true(server.verify(new X509Certificate(tls['ca.crt'] ?? '').publicKey))
  t.true(server.checkPrivateKey(createPrivateKey(tls['tls.key'] ?? '')))
  t.is(server.checkHost('admission.platform.svc'), 'admission.platform.svc')
  const trusted = ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration'].map((kind) => [
    `${kind}/admission`,
    'jsonpath={.webhooks[0].clientConfig.caBundle}',
  ])
  for (const [object = '', path = ''] of [
    ...trusted,
    ['crd/policies.admission.sample.example', 'jsonpath={.spec.conversion.webhook.clientConfig.caBundle}'],
  ]) {
    const bundle = went(t, await kubectl('get', object, '-o', path))
    t.is(Buffer.from(bundle, 'base64').toString(), tls['ca.crt'] ?? '', `${object} trusts the authority`)
  }

  await rm(join(site.folder, 'releases/reports'), { recursive: true })
  const webFile = join(site.folder, 'releases/web/release.yaml')
  await writeFile(webFile, (await readFile(webFile, 'utf8')).replace('replicas: 3', 'replicas: 2'))
  await mkdir(join(site.folder, 'releases/notice'))
  await writeFile(
    join(site.folder, 'releases/notice/release.yaml'),
    'namespace: notice\nmanifests: [notice.yaml]\ndependsOn: [web]\n',
  )
  await writeFile(
    join(site.folder, 'releases/notice/notice.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: notice }\ndata: { text: hello }\n',
  )
  went(t, await site.scout('render'))
  const diff = await site.scout('diff', '--env', 'production', '--exit-code')
  t.is(diff.exitCode, 3)
  for (const told of ['spec.replicas: 3 → 2', 'CronJob shop/reports', 'ConfigMap notice/notice'])
    t.true(diff.stdout.includes(told), told)
  await site.git('add', '-A')
  await site.git('commit', '-q', '-m', 'Drops reports, changes web, adds a notice')
  const second = await bundle('1.1.0', 2)

  went(t, await apply(second))
  t.deepEqual(await objects(), await wanted([...namespaces, 'notice']))
  t.is(
    went(t, await kubectl('-n', 'shop', 'get', 'cronjob', 'reports', '--ignore-not-found', '-o', 'name')),
    '',
  )
  t.is(
    went(t, await kubectl('-n', 'shop', 'get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}')),
    '2',
  )
  t.is(
    went(t, await kubectl('-n', 'shop', 'get', 'configmap', 'foreign', '-o', 'jsonpath={.data.key}')),
    'value',
  )

  proxy.reset()
  t.regex(went(t, await apply(second)), /nothing to do/)
  t.deepEqual(besidesTheLock(proxy.mutating()), [])

  const older = await apply(first)
  t.is(older.exitCode, 1, 'an older bundle is refused')
  t.regex(went(t, await apply(second, 'status')), /web/)

  const good = await readFile(join(site.folder, second))
  proxy.reset()
  const places = [
    0,
    3,
    4,
    8,
    9,
    10,
    11,
    Math.floor(good.length / 3),
    Math.floor(good.length / 2),
    good.length - 9,
    good.length - 8,
    good.length - 4,
    good.length - 1,
  ]
  for (const place of places) {
    const flipped = Buffer.from(good)
    flipped[place] = (flipped[place] ?? 0) ^ 0x10
    await writeFile(join(site.folder, 'flipped.tgz'), flipped)
    const refused = await apply('flipped.tgz')
    t.is(refused.exitCode, 1, `byte ${place}: ${refused.stderr}`)
    t.notRegex(refused.stderr, /^ {4}at /m)
  }
  t.deepEqual(proxy.requests, [], 'a bundle that is not believed reaches no server')

  const values = [
    'correct-horse',
    'mail-horse-battery',
    ...Object.values(sessions).filter((text) => !text.includes('\n')),
    ...Object.values(tls),
  ]
  await rm(join(site.folder, 'flipped.tgz'))
  t.deepEqual(await secretsIn(site.folder, site.told, values), [], 'no secret is in any file or word')
  await writeFile(
    join(site.folder, 'dist/leak.tgz'),
    gzipSync(`x${Buffer.from(tls['tls.key'] ?? '').toString('base64')}`),
  )
  t.deepEqual(await secretsIn(site.folder, [], values), ['dist/leak.tgz'], 'one would be found')
})
