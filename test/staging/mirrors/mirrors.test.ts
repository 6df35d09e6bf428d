import { X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { parseReference } from '../../../src/core/images/reference.ts'
import type { Outcome } from '../../../src/core/problem.ts'
import { nodeRuntimes } from '../../../src/staging/mirrors/form.ts'
import type { MirrorFile, NodeRuntime } from '../../../src/staging/mirrors/form.ts'
import { mirrors } from '../../../src/staging/mirrors/mirrors.ts'
import type { ToMirror } from '../../../src/staging/mirrors/mirrors.ts'
import { createAuthority } from '../../control-plane/certificates.ts'
import { runScout } from './scout.ts'

const authorityIn = async (folder: string): Promise<{ name: string; text: string; key: string }> => {
  const { cert, key } = await createAuthority(folder, 'harbor')
  return { name: cert, text: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }
}

const folder = await mkdtemp(path.join(tmpdir(), 'scout-mirrors-'))
const authority = await authorityIn(folder)
test.after.always(async () => await rm(folder, { recursive: true }))

const harbor = 'harbor.example:8443'
const images: ToMirror['images'] = {
  harbor,
  mode: 'mirror',
  projects: {
    'quay.io': 'quay-proxy',
    'docker.io': 'dockerhub-proxy',
    'registry.example:5000': 'own_registry.1',
    localhost: 'local',
  },
}

const made = (runtime: NodeRuntime, more: Partial<ToMirror> = {}): Outcome<MirrorFile[]> =>
  mirrors({ runtime, images, auth: false, ...more })

const filesOf = (runtime: NodeRuntime, more: Partial<ToMirror> = {}): { [path: string]: string } => {
  const outcome = made(runtime, more)
  if (!outcome.ok) throw new Error(outcome.problems[0].what)
  return Object.fromEntries(outcome.value.map(({ path, text }) => [path, text]))
}

/** The folder that containerd looks for first (hosts_unix.go: hostPaths). */
const folderOf = (host: string): string => host.replace(/:(\d+)$/, '_$1_')

/** wharfie pkg/registries: rewrite() replaces by each regular expression; normalizeEndpointAddress() puts /v2 where there is no path. */
const byRegistriesYaml =
  (runtime: 'k3s' | 'rke2') =>
  (registry: string, repository: string): string[] => {
    const { endpoint, rewrite = {} } = parse(filesOf(runtime)['registries.yaml'] ?? '').mirrors[registry]
    const name = Object.entries(rewrite as { [pattern: string]: string }).reduce(
      (name, [pattern, replacement]) => name.replaceAll(new RegExp(pattern, 'g'), replacement),
      repository,
    )
    return (endpoint as string[]).map((one) => `${one}/v2/${name}`)
  }

/** Where a runtime looks for an image by its file and the rules of its own source: all the places, in order. */
const placesBy: { [runtime in NodeRuntime]: (registry: string, repository: string) => string[] } = {
  k3s: byRegistriesYaml('k3s'),
  rke2: byRegistriesYaml('rke2'),
  // hosts.go: the hosts, then the server; /v2 comes after the path without override_path.
  containerd: (registry, repository) => {
    const file = filesOf('containerd')[`certs.d/${folderOf(registry)}/hosts.toml`] ?? ''
    const suffix = file.includes('override_path = true') ? '' : '/v2'
    return [/^\[host\."(.*)"\]$/m, /^server = "(.*)"$/m].map(
      (form) => `${form.exec(file)?.[1]}${suffix}/${repository}`,
    )
  },
  // RegistryMirrorConfig: the exact path with overridePath, else /v2.
  talos: (registry, repository) => {
    const file = parse(filesOf('talos')['registries.patch.yaml'] ?? '')
    const { endpoints, overridePath = false, skipFallback } = file.machine.registries.mirrors[registry]
    return [
      ...(endpoints as string[]).map((one) => `${one}${overridePath ? '' : '/v2'}/${repository}`),
      ...(skipFallback === true ? [] : [`https://${registry}/v2/${repository}`]),
    ]
  },
}

for (const runtime of nodeRuntimes)
  for (const [image, place] of [
    ['nginx', 'dockerhub-proxy/library/nginx'],
    ['grafana/grafana:11.0.0', 'dockerhub-proxy/grafana/grafana'],
    ['index.docker.io/library/redis', 'dockerhub-proxy/library/redis'],
    ['dockerhub-proxy/library/nginx', 'dockerhub-proxy/dockerhub-proxy/library/nginx'],
    ['quay.io/a/b/c/d:1', 'quay-proxy/a/b/c/d'],
    ['registry.example:5000/app', 'own_registry.1/app'],
    ['localhost/app', 'local/app'],
    [`${harbor}/quay-proxy/a/b`, 'quay-proxy/a/b'],
    [`${harbor}/hosted/app`, 'hosted/app'],
  ] as const)
    test(`${runtime}: ${image} is looked for at ${place} of Harbor`, (t) => {
      const reference = parseReference(image)
      if ('malformed' in reference) return t.fail(reference.malformed)
      const places = placesBy[runtime](reference.registry, reference.path)
      t.deepEqual([...new Set(places)], [`https://${harbor}/v2/${place}`])
    })

test('the CA goes along as a file beside the configuration, and into that of Talos', (t) => {
  const certificate = new X509Certificate(authority.text)
  const isIt = (pem: string): boolean =>
    new X509Certificate(pem).fingerprint256 === certificate.fingerprint256
  const given = { authority: { name: 'harbor.crt', text: `a word before\n${authority.text}` } }
  for (const [runtime, place] of [
    ['k3s', '/etc/rancher/k3s/harbor-ca.crt'],
    ['rke2', '/etc/rancher/rke2/harbor-ca.crt'],
  ] as const) {
    const files = filesOf(runtime, given)
    t.deepEqual(parse(files['registries.yaml'] ?? '').configs, { [harbor]: { tls: { ca_file: place } } })
    t.true(isIt(files['harbor-ca.crt'] ?? ''))
  }
  const { 'certs.d/harbor-ca.crt': copy = '', ...hosts } = filesOf('containerd', given)
  t.true(isIt(copy))
  t.is(Object.keys(hosts).length, 5)
  for (const text of Object.values(hosts)) t.is(text.match(/ca = "\.\.\/harbor-ca\.crt"/g)?.length, 2)
  const { config } = parse(filesOf('talos', given)['registries.patch.yaml'] ?? '').machine.registries
  t.true(isIt(Buffer.from(config[harbor].tls.ca, 'base64').toString()))
})

test('credentials are the names of variables, in quotes, and stand for Harbor alone', (t) => {
  const auth = { username: '${HARBOR_USERNAME}', password: '${HARBOR_PASSWORD}' }
  for (const runtime of nodeRuntimes) {
    t.false(Object.values(filesOf(runtime)).join('').includes('HARBOR_'), runtime)
    const text = Object.values(filesOf(runtime, { auth: true })).join('')
    // envsubst fills in whatever names them: a comment would hold the password.
    t.is(text.match(/HARBOR_/g)?.length, 2, runtime)
    t.is(text.match(/: '\$\{HARBOR_|= '\$\{HARBOR_/g)?.length, 2, runtime)
    t.deepEqual(text.match(/\$\{?[A-Za-z_]\w*/g), ['${HARBOR_USERNAME', '${HARBOR_PASSWORD'], runtime)
  }
  t.deepEqual(parse(filesOf('k3s', { auth: true })['registries.yaml'] ?? '').configs, { [harbor]: { auth } })
  const patch = parse(filesOf('talos', { auth: true })['registries.patch.yaml'] ?? '')
  t.deepEqual(patch.machine.registries.config, { [harbor]: { auth } })
})

test('nothing is insecure unless it is spelled out, and then it is Harbor alone', (t) => {
  const insecure = /insecure|skip_verify|skipVerify|http:/i
  for (const runtime of nodeRuntimes) {
    t.notRegex(Object.values(filesOf(runtime)).join(''), insecure)
    t.notRegex(Object.values(filesOf(runtime, { auth: true, authority })).join(''), insecure)
    t.notRegex(Object.values(filesOf(runtime, { insecure: 'plain-http' })).join(''), /https:/)
  }
  t.deepEqual(parse(filesOf('k3s', { insecure: 'skip-verify' })['registries.yaml'] ?? '').configs, {
    [harbor]: { tls: { insecure_skip_verify: true } },
  })
  const hosts = filesOf('containerd', { insecure: 'skip-verify' })
  for (const text of Object.values(hosts)) t.is(text.match(/skip_verify = true/g)?.length, 2)
  const patch = parse(filesOf('talos', { insecure: 'skip-verify' })['registries.patch.yaml'] ?? '')
  t.deepEqual(patch.machine.registries.config, { [harbor]: { tls: { insecureSkipVerify: true } } })
})

test('the same map gives the same files, in whatever order it is written and in either mode', (t) => {
  const projects = Object.fromEntries(Object.entries(images.projects).toReversed())
  for (const runtime of nodeRuntimes)
    t.deepEqual(made(runtime, { images: { harbor, mode: 'harbor', projects } }), made(runtime))
})

for (const [what, more, code] of [
  [
    "Harbor's own host as an upstream",
    { images: { ...images, projects: { [harbor]: 'own' } } },
    'mirrors/harbor-as-upstream',
  ],
  ['a private key', { authority: { name: 'x', text: authority.key } }, 'mirrors/no-authority'],
  [
    'a certificate with its key',
    { authority: { name: 'x', text: authority.text + authority.key } },
    'mirrors/no-authority',
  ],
  ['a file without certificate', { authority: { name: 'x', text: 'nothing' } }, 'mirrors/no-authority'],
  [
    'a broken certificate',
    { authority: { name: 'x', text: authority.text.replace(/\n[^\n]{20}/, '\n') } },
    'mirrors/no-authority',
  ],
  ['a CA that nobody looks at', { authority, insecure: 'skip-verify' }, 'mirrors/needless-authority'],
] as [string, Partial<ToMirror>, string][])
  test(`${what} is refused, and nothing of it is said`, (t) => {
    for (const runtime of nodeRuntimes) {
      const outcome = made(runtime, more)
      if (outcome.ok) return t.fail(runtime)
      t.deepEqual(
        outcome.problems.map((one) => one.code),
        [code],
      )
      t.notRegex(JSON.stringify(outcome), /BEGIN|[A-Za-z0-9+/]{40}/)
    }
  })

const writeSite = async (projects: string): Promise<string> => {
  const site = await mkdtemp(path.join(folder, 'site-'))
  await mkdir(path.join(site, 'releases'))
  await writeFile(
    path.join(site, 'releases/site.yaml'),
    `name: nodes
target: { kubernetes: "1.36", architecture: amd64 }
images: { harbor: harbor.example, projects: ${projects} }
environments: { test: { cluster: nodes-test } }
`,
  )
  return site
}

test('a mirror for all registries at once is refused: it would rewrite names of Harbor a second time', async (t) => {
  const { exitCode, stdout, stderr } = await runScout(await writeSite('{ "*": all-proxy }'), ['--for', 'k3s'])
  t.is(exitCode, 1)
  t.is(stdout, '')
  t.regex(stderr, /"\*"|`\*`/)
})

test('scout mirrors prints what can be piped into a file, or writes a folder that it replaces whole', async (t) => {
  const site = await writeSite('{ docker.io: hub, quay.io: quay }')
  const printed = await runScout(site, ['--for', 'k3s', '--ca', authority.name])
  t.is(printed.exitCode, 0, printed.stderr)
  t.deepEqual(Object.keys(parse(printed.stdout).mirrors), ['docker.io', 'quay.io', 'harbor.example'])
  t.notRegex(printed.stdout, /BEGIN CERTIFICATE/)
  const json = await runScout(site, ['--for', 'containerd', '--output', 'json'])
  t.deepEqual(
    (JSON.parse(json.stdout) as { files: MirrorFile[] }).files.map((one) => one.path),
    ['docker.io', 'quay.io', 'harbor.example'].map((host) => `certs.d/${host}/hosts.toml`),
  )
  const out = path.join(site, 'nodes')
  const inside = async () => (await readdir(out, { recursive: true })).sort()
  await runScout(site, ['--for', 'containerd', '--ca', authority.name, '--out', out])
  t.true((await inside()).includes('certs.d/quay.io/hosts.toml'))
  await writeFile(
    path.join(site, 'releases/site.yaml'),
    (await readFile(path.join(site, 'releases/site.yaml'), 'utf8')).replace(', quay.io: quay', ''),
  )
  const again = await runScout(site, ['--for', 'containerd', '--out', out])
  t.is(again.exitCode, 0, again.stderr)
  t.deepEqual(await inside(), [
    'certs.d',
    'certs.d/docker.io',
    'certs.d/docker.io/hosts.toml',
    'certs.d/harbor.example',
    'certs.d/harbor.example/hosts.toml',
  ])
  await writeFile(path.join(out, 'mine.txt'), 'of people')
  const refused = await runScout(site, ['--for', 'k3s', '--out', out])
  t.is(refused.exitCode, 2)
  t.regex(refused.stderr, /mine\.txt/)
  t.is((await inside()).length, 6)
  t.is((await runScout(site, [])).exitCode, 2)
})

test('a folder that is a link, and a file in its place, are refused as what they are', async (t) => {
  const site = await writeSite('{ docker.io: hub }')
  const [real, link, file] = ['real', 'link', 'file'].map((name) => path.join(site, name)) as [
    string,
    string,
    string,
  ]
  await mkdir(real)
  await symlink(real, link)
  await writeFile(file, 'of people')
  for (const [out, told] of [
    [link, /link is a link/],
    [file, /file is no folder/],
    ['/', /\/ is no folder/],
  ] as const) {
    const { exitCode, stderr } = await runScout(site, ['--for', 'containerd', '--out', out])
    t.is(exitCode, 2, stderr)
    t.regex(stderr, told)
  }
  t.deepEqual(await readdir(real), [])
  t.is(await readFile(file, 'utf8'), 'of people')
})
