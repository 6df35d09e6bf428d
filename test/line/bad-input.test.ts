import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { startProxy } from '../control-plane/proxy.ts'
import { golden } from '../golden/golden.ts'
import { trialSite } from './site.ts'
import type { TrialSite } from './site.ts'

/** Everything below `rendered/`, to see that a refused render leaves it as it was. */
const renderedOf = async ({ folder }: TrialSite): Promise<string[]> => {
  const files = await readdir(join(folder, 'rendered'), { recursive: true, withFileTypes: true })
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => `${file.name} ${await readFile(join(file.parentPath, file.name), 'utf8')}`),
  )
  return texts.sort((a, b) => a.localeCompare(b))
}

/** The problems alone, without the lines of progress before them. */
const problemsIn = (stderr: string): string => stderr.slice(stderr.search(/^(error|warning) /m))

const edit = async (site: TrialSite, file: string, change: (text: string) => string): Promise<void> => {
  const path = join(site.folder, file)
  const before = await readFile(path, 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`${file} is not what this test thinks: nothing changed`)
  await writeFile(path, after)
}

const declarations: { what: string; golden: string; plant: (site: TrialSite) => Promise<void> }[] = [
  {
    what: 'a release file that is no YAML',
    golden: 'broken-release-file',
    plant: (site) => edit(site, 'releases/web/release.yaml', (text) => `${text}dependsOn: [certs\n`),
  },
  {
    what: 'unknown keys in two release files',
    golden: 'unknown-key',
    plant: async (site) => {
      await edit(site, 'releases/web/release.yaml', (text) => text.replace('dependsOn:', 'dependOn:'))
      await edit(site, 'releases/database/release.yaml', (text) => text.replace('timeout:', 'timout:'))
    },
  },
  {
    what: 'a missing chart',
    golden: 'missing-chart',
    plant: (site) =>
      edit(site, 'releases/web/release.yaml', (text) => text.replace('path: chart', 'path: chrt')),
  },
  {
    what: 'template errors in two charts',
    golden: 'template-error',
    plant: async (site) => {
      await edit(
        site,
        'releases/web/chart/templates/config.yaml',
        (text) => `${text}{{ .Values.nothing.here }}\n`,
      )
      await edit(site, 'releases/database/chart/templates/config.yaml', (text) => `${text}{{ fail "no" }}\n`)
    },
  },
  {
    what: 'an image of a registry without a project',
    golden: 'unmapped-image',
    plant: (site) => edit(site, 'releases/site.yaml', (text) => text.replace(/^.*ghcr\.io.*\n/m, '')),
  },
  {
    what: 'an unknown field',
    golden: 'unknown-field',
    plant: (site) =>
      edit(site, 'releases/web/chart/templates/deployment.yaml', (text) =>
        text.replace('replicas:', 'replica:'),
      ),
  },
  {
    what: 'scenario 39: a cycle of dependsOn',
    golden: 'cycle',
    plant: (site) => edit(site, 'releases/certs/release.yaml', (text) => `${text}dependsOn: [web]\n`),
  },
]

for (const { what, golden: name, plant } of declarations)
  test(`${what} is refused with what, where, why and fix, and rendered/ stays as it was`, async (t) => {
    const site = await trialSite(t)
    const before = await renderedOf(site)
    await plant(site)
    const { exitCode, stdout, stderr } = await site.scout('render', '--env', 'production')
    t.is(exitCode, 1, stderr)
    t.is(stdout, '')
    golden(t, `line/${name}.txt`, problemsIn(stderr))
    t.deepEqual(await renderedOf(site), before)
  })

test('rendered/ that was edited by hand is not bundled, and the file is named', async (t) => {
  const site = await trialSite(t)
  await site.scout('keys', 'generate', 'staging.key', '--no-passphrase')
  await edit(site, 'rendered/production/web/main/shop/Deployment.apps_web.yaml', (text) =>
    text.replace('replicas: 3', 'replicas: 9'),
  )
  const { exitCode, stderr } = await site.scout('bundle', '--env', 'production', '--key', 'staging.key')
  t.is(exitCode, 1)
  golden(t, 'line/edited-by-hand.txt', problemsIn(stderr))
  t.false((await readdir(site.folder)).includes('dist'))
})

const bundled = async (site: TrialSite): Promise<void> => {
  await site.scout('keys', 'generate', 'staging.key', '--no-passphrase')
  const { stdout } = await site.scout('keys', 'trust', 'staging.pub', '--cluster', 'sample-production')
  await writeFile(join(site.folder, 'trust.yaml'), stdout)
  await site.scout('bundle', '--env', 'production', '--key', 'staging.key', '--version', '1.0.0')
}
const file = 'dist/sample-production-1.0.0.tgz'

test('scenario 38: a bundle that is truncated, altered, or signed by a stranger is refused before any request', async (t) => {
  const controlPlane = await sharedControlPlane()
  const proxy = await startProxy(controlPlane)
  t.teardown(() => proxy.stop())
  const site = await trialSite(t)
  await bundled(site)
  const apply = (bundle: string, trust = 'trust.yaml') =>
    site.apply(bundle, '--trust', trust, '--kubeconfig', proxy.kubeconfig)
  const bytes = await readFile(join(site.folder, file))
  await writeFile(join(site.folder, 'truncated.tgz'), bytes.subarray(0, bytes.length - 100))
  const altered = Buffer.from(bytes)
  // In the checksum at the end, so that the words are the same whatever the key of this run.
  altered[bytes.length - 6] = (altered[bytes.length - 6] ?? 0) ^ 1
  await writeFile(join(site.folder, 'altered.tgz'), altered)
  await site.scout('keys', 'generate', 'stranger.key', '--no-passphrase')
  const { stdout } = await site.scout('keys', 'trust', 'stranger.pub', '--cluster', 'sample-production')
  await writeFile(join(site.folder, 'stranger.yaml'), stdout)
  const other = await site.scout('keys', 'trust', 'staging.pub', '--cluster', 'another-cluster')
  await writeFile(join(site.folder, 'other.yaml'), other.stdout)

  const refused = {
    truncated: await apply('truncated.tgz'),
    altered: await apply('altered.tgz'),
    stranger: await apply(file, 'stranger.yaml'),
    'other-cluster': await apply(file, 'other.yaml'),
  }
  for (const [name, { exitCode, stderr }] of Object.entries(refused)) {
    t.is(exitCode, 1, `${name}: ${stderr}`)
    golden(t, `line/${name}.txt`, problemsIn(stderr))
  }
  t.deepEqual(proxy.requests, [])
})

test('an API server that does not answer is named, with the kubeconfig that names it', async (t) => {
  const site = await trialSite(t)
  await bundled(site)
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'gone',
    contexts: [{ name: 'gone', context: { cluster: 'gone', user: 'gone' } }],
    clusters: [{ name: 'gone', cluster: { server: 'https://127.0.0.1:9' } }],
    users: [{ name: 'gone', user: { token: 'a-secret-token' } }],
  }
  await writeFile(join(site.folder, 'gone.json'), JSON.stringify(kubeconfig))
  const { exitCode, stderr } = await site.apply(file, '--trust', 'trust.yaml', '--kubeconfig', 'gone.json')
  t.is(exitCode, 4, stderr)
  t.regex(stderr, /^error \S+: .*https:\/\/127\.0\.0\.1:9/m)
  t.regex(stderr, /Fix: /)
  t.notRegex(stderr, /a-secret-token|^ {4}at /m)
})

test('a verb that is forbidden is named with resource and user, and nothing is written', async (t) => {
  const controlPlane = await sharedControlPlane()
  const site = await trialSite(t)
  await bundled(site)
  const user = `nobody-${await freshNamespace(controlPlane, 'user')}`
  const proxy = await startProxy(controlPlane)
  t.teardown(() => proxy.stop())
  const kubeconfig = await proxy.redirect(await controlPlane.userKubeconfig(user))
  const { exitCode, stderr } = await site.apply(file, '--trust', 'trust.yaml', '--kubeconfig', kubeconfig)
  t.is(exitCode, 4, stderr)
  t.true(stderr.includes(user), stderr)
  t.regex(stderr, /Fix: /)
  const written = proxy.mutating().filter(({ path }) => !path.includes('/leases'))
  t.deepEqual(written, [])
})
