import test from 'ava'
import type { ExecutionContext } from 'ava'
import { createHash } from 'node:crypto'
import { readFile, symlink } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { create } from 'tar'
import type { Declared } from '../../../src/core/records.ts'
import { resolve } from '../../../src/staging/resolve/resolve.ts'
import { openFiles } from '../../../src/system/files.ts'
import { openHelm } from '../../../src/system/helm.ts'
import {
  addTo,
  chartAt,
  chartFiles,
  declaredOf,
  problemsOf,
  releaseOf,
  siteOf,
  valueOf,
} from './small-site.ts'

const resolveIn = async (root: string, declared: Declared) =>
  resolve(declared, { files: openFiles(root), helm: valueOf(await openHelm(root, '4.1.4')) })

test('a local chart is known by its name, version and a digest over every path and byte', async (t) => {
  const files = chartFiles('web', { 'templates/a.yaml': 'a: 1\n', '.helmignore': 'notes\n', notes: 'x' })
  const root = await siteOf(t, files)
  const declared = declaredOf([releaseOf('web')])
  const digestOf = async (): Promise<string> =>
    valueOf(await resolveIn(root, declared)).releases[0]!.resolved.digest
  const { resolved } = valueOf(await resolveIn(root, declared)).releases[0]!
  const { digest, ...rest } = resolved
  t.deepEqual(rest, { kind: 'chart', directory: 'releases/web/chart', name: 'web', version: '1.0.0' })

  // The same, made by another tool: sha256sum over a sorted listing of `sha256sum *`.
  const lines = Object.entries(files)
    .map(([path, text]) => [path.slice('releases/web/chart/'.length), text] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => `sha256:${createHash('sha256').update(text).digest('hex')}  ${path}\n`)
  t.is(digest, `sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`)

  t.is(await digestOf(), digest)
  await addTo(root, { 'releases/web/chart/notes': 'y' })
  t.not(await digestOf(), digest)
  await addTo(root, { 'releases/web/chart/notes': 'x', 'releases/web/chart/more': '' })
  t.not(await digestOf(), digest)
})

test('the same chart has the same digest in another folder', async (t) => {
  const digests = await Promise.all(
    ['a', 'b'].map(async () => {
      const root = await siteOf(t, chartFiles('web', { 'templates/a.yaml': 'a: 1\n' }))
      return valueOf(await resolveIn(root, declaredOf([releaseOf('web')]))).releases[0]!.resolved.digest
    }),
  )
  t.is(digests[0], digests[1])
})

test('manifests are the files and folders that a release names, sorted, dotfiles and other files left aside', async (t) => {
  const root = await siteOf(t, {
    'releases/plain/objects/b.yaml': 'b',
    'releases/plain/objects/a.yml': 'a',
    'releases/plain/objects/sub/c.json': '{}',
    'releases/plain/objects/README.md': 'x',
    'releases/plain/objects/.hidden.yaml': 'x',
    'releases/plain/one.yaml': 'x',
  })
  const paths = ['releases/plain/one.yaml', 'releases/plain/objects', 'releases/plain/objects/b.yaml']
  const declared = declaredOf([releaseOf('plain', { source: { kind: 'manifests', paths } })])
  const { resolved } = valueOf(await resolveIn(root, declared)).releases[0]!
  t.deepEqual(resolved.kind === 'manifests' && resolved.files, [
    'releases/plain/objects/a.yml',
    'releases/plain/objects/b.yaml',
    'releases/plain/objects/sub/c.json',
    'releases/plain/one.yaml',
  ])
})

const broken = [
  {
    title: 'a chart that is not there, with the one that is nearby',
    files: {
      'releases/web/charts/web/Chart.yaml': 'x',
      'releases/web/charts/web/charts/sub/Chart.yaml': 'x',
    },
    code: 'resolve/missing-chart',
    what: 'Release web has no chart: there is no releases/web/chart/Chart.yaml.',
    fix: /^Did you mean "path: charts\/web"\?$/,
  },
  {
    title: 'a chart that is nowhere',
    files: { 'releases/web/release.yaml': '' },
    code: 'resolve/missing-chart',
    what: 'Release web has no chart: there is no releases/web/chart/Chart.yaml.',
    fix: /^Put the chart into releases\/web\/chart/,
  },
  {
    title: 'a Chart.yaml without a version',
    files: { 'releases/web/chart/Chart.yaml': 'name: web\n' },
    code: 'resolve/bad-chart-file',
    what: 'releases/web/chart/Chart.yaml has no version.',
    fix: /version: 1\.0\.0/,
  },
  {
    title: 'a Chart.yaml whose version is a number',
    files: { 'releases/web/chart/Chart.yaml': 'name: web\nversion: 1.0\n' },
    code: 'resolve/bad-chart-file',
    what: 'releases/web/chart/Chart.yaml does not name a version of a chart.',
    fix: /version: 1\.0\.0/,
  },
  {
    title: 'an empty Chart.yaml',
    files: { 'releases/web/chart/Chart.yaml': '' },
    code: 'resolve/bad-chart-file',
    what: 'releases/web/chart/Chart.yaml has no name.',
    fix: /name: web/,
  },
  {
    title: 'a Chart.yaml that is not YAML',
    files: { 'releases/web/chart/Chart.yaml': 'name: web\nversion: [1\n' },
    code: 'yaml/syntax',
    what: /^releases\/web\/chart\/Chart\.yaml, line \d/,
    fix: /./,
  },
]
for (const { title, files, code, what, fix } of broken)
  test(`${title} is refused`, async (t) => {
    const root = await siteOf(t, files as Record<string, string>)
    const [found] = problemsOf(await resolveIn(root, declaredOf([releaseOf('web')])))
    t.is(found?.code as string, code)
    if (typeof what === 'string') t.is(found?.what, what)
    else t.regex(found?.what ?? '', what)
    t.regex(found?.fix ?? '', fix)
  })

test('manifests that are not there, and kustomizations, are refused', async (t) => {
  const root = await siteOf(t, {
    'releases/a/notes/README.md': 'x',
    'releases/b/kustomization.yaml': 'resources: []',
  })
  const plain = (name: string, path: string) =>
    releaseOf(name, { source: { kind: 'manifests', paths: [path] } })
  const declared = declaredOf([
    plain('a', 'releases/a/notes'),
    plain('b', 'releases/b'),
    plain('c', 'releases/c/none.yaml'),
  ])
  t.deepEqual(
    problemsOf(await resolveIn(root, declared)).map(({ code, what }) => `${code}: ${what}`),
    [
      'resolve/missing-manifests: Release a has no manifests at releases/a/notes.',
      'resolve/kustomization: releases/b/kustomization.yaml would have to be built, and release b takes manifests as they are.',
      'resolve/missing-manifests: Release c has no manifests at releases/c/none.yaml.',
    ],
  )
})

/** A chart repository on loopback that serves web 1.0.0 and 1.1.0 of what is in `chart`. */
const repository = async (t: ExecutionContext): Promise<string> => {
  const root = await siteOf(t, {})
  const server = createServer((request, response) => {
    readFile(join(root, request.url ?? '')).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const versions = ['1.0.0', '1.1.0']
  for (const version of versions) {
    await addTo(root, { 'web/Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n` })
    await create({ file: join(root, `web-${version}.tgz`), gzip: true, cwd: root, portable: true }, ['web'])
  }
  const entries = versions.map(
    (version) => `{apiVersion: v2, name: web, version: ${version}, urls: [web-${version}.tgz]}`,
  )
  await addTo(root, { 'index.yaml': `apiVersion: v1\nentries: { web: [${entries.join(', ')}] }\n` })
  return url
}

test('a chart from a repository has to be the one in the lock, and the problem names the digest to be locked', async (t) => {
  const url = await repository(t)
  const root = await siteOf(t, {})
  const releases = (version: string) => [
    releaseOf('web', { source: chartAt({ from: 'repository', repository: url, name: 'web', version }) }),
  ]
  const [unlocked] = problemsOf(await resolveIn(root, declaredOf(releases('1.0.0'))))
  t.is(unlocked?.code, 'resolve/unlocked-chart')
  const digest = /sha256:[0-9a-f]{64}/.exec(unlocked?.fix ?? '')?.[0] ?? ''

  const { resolved } = valueOf(await resolveIn(root, declaredOf(releases('1.0.0'), { web: digest })))
    .releases[0]!
  t.like(resolved, { kind: 'chart', name: 'web', version: '1.0.0', digest })

  const other = digest.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
  const [changed] = problemsOf(await resolveIn(root, declaredOf(releases('1.0.0'), { web: other })))
  t.is(changed?.code, 'resolve/changed-chart')

  // The locked archive is at hand, but it is not what the release asks for now.
  const [moved] = problemsOf(await resolveIn(root, declaredOf(releases('1.1.0'), { web: digest })))
  t.is(moved?.code, 'resolve/changed-chart')
  t.false(moved?.fix.includes(digest))
})

test('a release may bear the name of something that every object of JavaScript has', async (t) => {
  const root = await siteOf(t, {})
  const chart = { from: 'oci', url: 'oci://127.0.0.1:9/charts/web', version: '1.0.0' } as const
  const declared = declaredOf([releaseOf('constructor', { source: chartAt(chart) })])
  t.deepEqual(
    problemsOf(await resolveIn(root, declared)).map(({ code }) => code),
    ['resolve/no-chart-fetched'],
  )
})

test('a link in a folder of manifests is refused: what it leads to would be missing without a word', async (t) => {
  const root = await siteOf(t, { 'releases/plain/objects/a.yaml': 'a', 'shared/b.yaml': 'b' })
  await symlink('../../../shared/b.yaml', join(root, 'releases/plain/objects/b.yaml'))
  const paths = ['releases/plain/objects']
  const declared = declaredOf([releaseOf('plain', { source: { kind: 'manifests', paths } })])
  t.like(problemsOf(await resolveIn(root, declared))[0], {
    code: 'resolve/link',
    where: [{ in: 'file', file: 'releases/plain/objects/b.yaml' }],
  })
})

test('a link in a chart is refused before helm follows it', async (t) => {
  const root = await siteOf(t, chartFiles('web', { 'templates/a.yaml': '' }))
  await symlink('/etc/hostname', join(root, 'releases/web/chart/templates/_link.tpl'))
  await symlink('/etc/hostname', join(root, 'releases/web/chart/.hidden'))
  const problems = problemsOf(await resolveIn(root, declaredOf([releaseOf('web')])))
  t.deepEqual(
    problems.map(({ code, where }) => [code, where]),
    ['.hidden', 'templates/_link.tpl'].map((path) => [
      'resolve/link',
      [{ in: 'file', file: `releases/web/chart/${path}` }],
    ]),
  )
})
