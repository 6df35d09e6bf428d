import { createHash, randomUUID } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { compareSync } from 'bcryptjs'
import { execa } from 'execa'
import { tracesOf } from '../apply/traces.ts'
import { findPrograms } from '../control-plane/build.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { secretsIn } from './secrets.ts'
import { ended, root } from './site.ts'
import type { Ended } from './site.ts'

/** What real sops seals in this site; none of it may be found in anything that is written. */
const first = {
  password: 'hunter2hunter2hunter2',
  token: 'tok: "en" \'and\' $(site:x) {{ more }}\nsecond line of it\n',
}
const second = { ...first, password: 'correcthorsebattery9' }

const sum = (text: string): string => createHash('sha256').update(text).digest('hex')

const files = (namespace: string, site: string, recipients: string[]): { [path: string]: string } => ({
  '.gitignore': 'node_modules\ndist/\n.cache/\nkeys/\n',
  'releases/lock.yaml': 'helm: 4.1.4\n',
  'releases/site.yaml': `name: ${site}
target: { kubernetes: "1.36", architecture: amd64 }
images: { harbor: harbor.staging.example, projects: { docker.io: hub } }
environments: { test: { cluster: sealed } }
sealing: { recipients: [${recipients.join(', ')}] }
`,
  'releases/web/release.yaml': `namespace: ${namespace}
chart: { path: chart }
valuesFiles: [values.yaml, secrets.yaml]
siteValues:
  sum: { sealed: true, at: [{ secret: web, key: sum }] }
  login: { sealed: true, at: [{ secret: web, key: login, after: "admin:" }] }
`,
  'releases/web/values.yaml': 'replicas: 1\n',
  'releases/web/chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'releases/web/chart/templates/web.yaml': `apiVersion: v1
kind: Secret
metadata: { name: web }
data:
  password: {{ .Values.db.password | b64enc }}
  token: {{ .Values.db.token | b64enc }}
stringData:
  url: "postgres://{{ .Values.db.user }}:{{ .Values.db.password }}@db"
  config.yaml: |
    db:
      password: {{ .Values.db.password }}
  sum: {{ .Values.db.password | sha256sum }}
  login: {{ htpasswd "admin" .Values.db.password | quote }}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: web } }
  template:
    metadata:
      labels: { app: web }
      annotations: { checksum/secret: {{ toJson .Values.db | sha256sum }} }
    spec:
      containers: [{ name: web, image: "nginx:1", envFrom: [{ secretRef: { name: web } }] }]
`,
})

const plain = ({ password, token }: typeof first): string =>
  `db:\n  user: app\n  password: ${JSON.stringify(password)}\n  token: ${JSON.stringify(token)}\n`

interface Bench {
  folder: string
  /** Everything that the programs printed. */
  said: Ended[]
  scout(args: string[], env?: { [name: string]: string }): Promise<Ended>
  apply(args: string[], env?: { [name: string]: string }): Promise<Ended>
  git(...args: string[]): Promise<Ended>
  /** Encrypts what the site's sealed values file holds from now on, as `sops edit` does. */
  edit(values: typeof first): Promise<void>
  key: { file: string; recipient: string }
  otherKey: { file: string; recipient: string }
}

const bench = async (t: ExecutionContext, namespace: string, site: string): Promise<Bench> => {
  const programs = await findPrograms(['sops', 'age-keygen'])
  // Keys and plain text lie beside the site: all of the site is searched.
  const away = await mkdtemp(join(tmpdir(), 'scout-sealed-keys-'))
  const folder = await mkdtemp(join(tmpdir(), 'scout-sealed-'))
  t.teardown(async () => {
    for (const one of [away, folder]) await rm(one, { recursive: true, force: true })
  })
  const keygen = async (name: string) => {
    const file = join(away, name)
    await execa(programs['age-keygen'], ['-o', file])
    return { file, recipient: (await execa(programs['age-keygen'], ['-y', file])).stdout }
  }
  const [key, otherKey] = [await keygen('key'), await keygen('other')]
  for (const [path, text] of Object.entries(files(namespace, site, [key.recipient]))) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const sops = (...args: string[]) =>
    execa(programs.sops, args, {
      cwd: folder,
      stdin: 'ignore',
      extendEnv: false,
      env: { HOME: away, PATH: process.env['PATH'] ?? '', SOPS_AGE_KEY_FILE: key.file },
    })
  const secrets = 'releases/web/secrets.yaml'
  const encrypted = async (values: typeof first): Promise<string> => {
    await writeFile(join(away, 'secrets.yaml'), plain(values))
    const { stdout } = await sops(
      'encrypt',
      '--age',
      key.recipient,
      '--encrypted-regex',
      '^(password|token)$',
      '--filename-override',
      secrets,
      join(away, 'secrets.yaml'),
    )
    return `${stdout}\n`
  }
  await writeFile(join(folder, secrets), await encrypted(first))
  const said: Ended[] = []
  const run = async (program: string, args: string[], env: { [name: string]: string } = {}) => {
    const done = await ended('node', [join(root, 'src', program), ...args], {
      cwd: folder,
      env: { CI: 'true', GIT_CONFIG_GLOBAL: '/dev/null', ...env },
    })
    said.push(done)
    return done
  }
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@site.example']
  const git = (...args: string[]) =>
    ended('git', [...author, ...args], { cwd: folder, env: { GIT_CONFIG_GLOBAL: '/dev/null' } })
  await git('init', '-q', '-b', 'main')
  return {
    folder,
    said,
    scout: (args, env) => run('scout.ts', args, env),
    apply: (args, env) => run('scout-apply.ts', args, env),
    git,
    edit: async (values) => {
      for (const name of ['password', 'token'] as const)
        await sops('set', secrets, `["db"]["${name}"]`, JSON.stringify(values[name]))
    },
    key,
    otherKey,
  }
}

const went = (t: ExecutionContext, { command, exitCode, stdout, stderr }: Ended): string => {
  t.is(exitCode, 0, `${command}\n${stdout}\n${stderr}`)
  return stdout
}

const commit = async ({ git }: Bench, message: string): Promise<void> => {
  await git('add', '-A')
  await git('commit', '-q', '-m', message)
}

const treeOf = async (folder: string): Promise<Map<string, Buffer>> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const found = new Map<string, Buffer>()
  for (const entry of entries)
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name)
      found.set(path.slice(folder.length + 1), await readFile(path))
    }
  return found
}

test('a value is found in whatever form a file holds it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-forms-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const { password } = first
  const texts = {
    clear: `x ${password} y`,
    base64: Buffer.from(`user:${password}:more`).toString('base64'),
    hex: Buffer.from(password).toString('hex'),
    sum: sum(password),
    packed: gzipSync(password),
  }
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text)
  t.deepEqual(await secretsIn(folder, [], [password]), Object.keys(texts).sort())
  t.deepEqual(await secretsIn(folder, [], [second.password]), [])
})

test('what is sealed is rendered without its key, made anew with it, carried in the bundle and opened on the control plane alone', async (t) => {
  t.timeout(10 * 60_000)
  const controlPlane = await sharedControlPlane()
  const namespace = await freshNamespace(controlPlane, 'sealed')
  const name = `sealed${randomUUID().slice(0, 8)}`
  const site = await bench(t, namespace, name)
  const key = { SOPS_AGE_KEY_FILE: site.key.file }

  const unsealed = await site.scout(['render'])
  t.is(unsealed.exitCode, 1)
  t.regex(
    unsealed.stderr,
    /render\/sealed-inputs-changed[^]*login, sum are not sealed yet[^]*--identity FILE/,
  )

  t.regex(went(t, await site.scout(['render'], key)), /web: login, sum sealed anew/)
  await commit(site, 'The site')
  const rendered = await treeOf(join(site.folder, 'rendered'))
  const sealedFile = join(site.folder, 'releases/web/sealed.test.yaml')
  const sealed = await readFile(sealedFile, 'utf8')

  // A clone without the key.
  const clone = await mkdtemp(join(tmpdir(), 'scout-sealed-clone-'))
  t.teardown(() => rm(clone, { recursive: true, force: true }))
  for (const part of ['releases', '.git', '.gitignore'])
    await cp(join(site.folder, part), join(clone, part), { recursive: true })
  t.regex(
    went(t, await site.scout(['render', '--site', clone])),
    /web: login, sum not re-made, inputs unchanged/,
  )
  t.deepEqual(await treeOf(join(clone, 'rendered')), rendered)
  const status = await ended('git', ['status', '--short'], { cwd: clone })
  t.is(status.stdout, '')
  const again = await site.scout(['render', '--output', 'json'])
  t.deepEqual(JSON.parse(again.stdout).sealed, [
    { environment: 'test', release: 'web', fields: ['login', 'sum'], state: 'not re-made' },
  ])
  // With the key, nothing is written either: the hash that chance made stays.
  t.regex(went(t, await site.scout(['render', '--identity', site.key.file])), /web: login, sum made again/)
  t.is(await readFile(sealedFile, 'utf8'), sealed)
  went(t, await site.scout(['validate']))

  // Wrong keys.
  const other = await site.scout(['render', '--identity', site.otherKey.file])
  t.is(other.exitCode, 1)
  t.regex(other.stderr, /sops\/wrong-identity/)
  went(t, await site.scout(['render'], { SOPS_AGE_KEY_FILE: site.otherKey.file }))
  const noKey = await site.scout(['render', '--identity', 'releases/lock.yaml'])
  t.is(noKey.exitCode, 1)
  t.regex(noKey.stderr, /age\/bad-identity/)

  // Bundle and apply.
  await mkdir(join(site.folder, 'keys'))
  went(t, await site.scout(['keys', 'generate', 'keys/staging.key', '--no-passphrase']))
  const trust = went(t, await site.scout(['keys', 'trust', 'keys/staging.pub', '--cluster', 'sealed']))
  await writeFile(join(site.folder, 'keys/trust.yaml'), trust)
  const bundle = async (version: string): Promise<string> => {
    const sequence = version.replaceAll('.', '')
    went(
      t,
      await site.scout(
        `bundle --env test --key keys/staging.key --version ${version} --sequence ${sequence}`.split(' '),
      ),
    )
    return `dist/${name}-test-${version}.tgz`
  }
  const one = await bundle('1.0.0')
  t.regex(went(t, await site.scout(['verify', one, '--trust', 'keys/trust.yaml'])), /with 2 sealed files/)
  const apply = (file: string, args: string[], env = {}) =>
    site.apply([file, ...args, '--trust', 'keys/trust.yaml', '--kubeconfig', controlPlane.kubeconfig], env)
  const secretThere = async (): Promise<{ [key: string]: string } | undefined> => {
    const { status, text } = await controlPlane.request('GET', `/api/v1/namespaces/${namespace}/secrets/web`)
    if (status === 404) return undefined
    const { data } = JSON.parse(text) as { data: { [key: string]: string } }
    return Object.fromEntries(
      Object.entries(data).map(([entry, value]) => [entry, Buffer.from(value, 'base64').toString()]),
    )
  }
  for (const [args, told] of [
    [[], /sops\/no-identity[^]*--identity FILE/],
    [['--identity', site.otherKey.file], /sops\/wrong-identity[^]*--identity FILE/],
  ] as const) {
    const refused = await apply(one, [...args])
    t.is(refused.exitCode, 1, refused.stderr)
    t.regex(refused.stderr, told)
    t.is(await secretThere(), undefined)
  }
  went(t, await apply(one, ['--identity', site.key.file, '--dry-run']))
  t.is(await secretThere(), undefined)
  went(t, await apply(one, ['--identity', site.key.file]))
  const isRight = (there: { [key: string]: string } | undefined, { password, token }: typeof first) => {
    t.is(there?.['password'], password)
    t.is(there?.['token'], token)
    t.is(there?.['url'], `postgres://app:${password}@db`)
    t.is(there?.['config.yaml'], `db:\n  password: ${password}\n`)
    t.is(there?.['sum'], sum(password))
    t.true(compareSync(password, there?.['login']?.replace('admin:', '') ?? ''))
  }
  isRight(await secretThere(), first)
  t.regex(went(t, await apply(one, [], key)), /nothing to do/)
  const annotation = async (): Promise<string> => {
    const { text } = await controlPlane.request(
      'GET',
      `/apis/apps/v1/namespaces/${namespace}/deployments/web`,
    )
    const { spec } = JSON.parse(text) as {
      spec: { template: { metadata: { annotations: { [key: string]: string } } } }
    }
    return spec.template.metadata.annotations['scout.airgap/site-values'] ?? ''
  }
  const before = await annotation()

  // Another password.
  await site.edit(second)
  const stale = await site.scout(['render'])
  t.is(stale.exitCode, 1)
  t.regex(stale.stderr, /sealed-inputs-changed[^]*as this changed: values of releases\/web\/secrets\.yaml/)
  t.is((await site.scout(['validate'])).exitCode, 1)
  const anew = await site.scout(['render'], key)
  t.regex(went(t, anew), /web: login, sum sealed anew[^]*rendered\/ was up to date/)
  t.regex(anew.stderr, /render\/sealed-anew[^]*login/)
  went(t, await site.scout(['render']))
  await commit(site, 'Another password')
  const two = await bundle('1.0.1')
  went(t, await apply(two, [], key))
  isRight(await secretThere(), second)
  t.not(await annotation(), before, 'Pods roll')

  // Altered outside of sops: without the key nobody can tell.
  const secrets = join(site.folder, 'releases/web/secrets.yaml')
  const text = await readFile(secrets, 'utf8')
  await writeFile(secrets, text.replace('user: app', 'user: root'))
  const altered = await site.scout(['render'], key)
  t.is(altered.exitCode, 1)
  t.regex(altered.stderr, /sops\/wrong-mac/)
  // What no field is made of shows at the apply.
  const release = join(site.folder, 'releases/web/release.yaml')
  await writeFile(release, (await readFile(release, 'utf8')).replace(/siteValues:[^]*/, ''))
  const template = join(site.folder, 'releases/web/chart/templates/web.yaml')
  const lines = (await readFile(template, 'utf8')).split('\n')
  await writeFile(template, lines.filter((line) => !/^ {2}(sum|login):/.test(line)).join('\n'))
  went(t, await site.scout(['render']))
  await commit(site, 'Altered')
  const refused = await apply(await bundle('1.0.2'), [], key)
  t.is(refused.exitCode, 1)
  t.regex(refused.stderr, /sops\/wrong-mac/)
  isRight(await secretThere(), second)

  const values = [first.password, first.token, second.password]
  const history = await site.git('log', '-p', '--all')
  t.true(history.stdout.includes('ENC[AES256_GCM,'))
  t.deepEqual(await secretsIn(site.folder, [...site.said, history], values), [])
  t.deepEqual(await tracesOf(controlPlane.request, `${name}-test`, namespace, values, site.said), [])
})
