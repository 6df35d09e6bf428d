import { gzipSync } from 'fflate'
import { create } from 'tar'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { scanChart } from '../../../../src/staging/render/scan/scan-chart.ts'
import type { ChartScan } from '../../../../src/staging/render/scan/scan-chart.ts'
import { openFiles } from '../../../../src/system/files.ts'
import { chartFiles, siteOf } from '../../resolve/small-site.ts'

const asks = (api: string): string => `{{ .Capabilities.APIVersions.Has "${api}" }}`

const scanned = async (t: ExecutionContext, files: Record<string, string>): Promise<ChartScan> => {
  const root = await siteOf(t, chartFiles('one', files))
  return scanChart('releases/one/chart', openFiles(root))
}

/** `file:line asks`, `file:line lookup`; `tpl` behind it where only that runs it. */
const short = ({ questions }: ChartScan): string[] =>
  questions.map((question) =>
    [
      `${question.file}:${question.line}`,
      question.about === 'api-versions' ? question.asks : question.about,
      ...(question.viaTpl ? ['tpl'] : []),
    ].join(' '),
  )

test('everything that helm runs is read, of charts in charts/ too, and every question told with file and line', async (t) => {
  const scan = await scanned(t, {
    'templates/b.yaml': `a: b\nc: ${asks('b/v1')}\n`,
    'templates/_a.tpl': `{{ define "x" }}\n${asks('a/v1')}\n{{ lookup "v1" "Secret" "n" "x" }}{{ end }}`,
    'templates/deep/c.txt': asks('c/v1'),
    'values.yaml': `x: |\n  ${asks('values/v1')}\n`,
    'charts/sub/templates/d.yaml': asks('d/v1'),
    'charts/sub/values.yaml': `y: '${asks('sub-values/v1')}'\n`,
    'charts/sub/charts/deeper/templates/e.yaml': asks('e/v1'),
    'README.md': asks('readme/v1'),
    'values.schema.json': '{}',
    'crds/thing.yaml': asks('crd/v1'),
    'files/config.yaml': asks('file/v1'),
  })
  t.deepEqual(short(scan), [
    'charts/sub/charts/deeper/templates/e.yaml:1 e/v1',
    'charts/sub/templates/d.yaml:1 d/v1',
    'charts/sub/values.yaml:1 sub-values/v1 tpl',
    'templates/_a.tpl:2 a/v1',
    'templates/_a.tpl:3 lookup',
    'templates/b.yaml:2 b/v1',
    'templates/deep/c.txt:1 c/v1',
    'values.yaml:2 values/v1 tpl',
  ])
  t.false(scan.opaque)
})

test('other files are read where the chart runs texts and reads files', async (t) => {
  const files = {
    'files/config.yaml': `${asks('file/v1')}{{ uuidv4 }}`,
    'files/app.gotmpl': asks('app/v1'),
    'README.md': asks('x/v1'),
  }
  const runs = await scanned(t, {
    ...files,
    'templates/a.yaml': '{{ tpl (.Files.Get "files/config.yaml") . }}',
  })
  t.deepEqual(short(runs), ['files/app.gotmpl:1 app/v1 tpl', 'files/config.yaml:1 file/v1 tpl'])
  t.deepEqual(
    runs.dice.map((dice) => dice.function),
    ['uuidv4'],
  )
  const prints = await scanned(t, { ...files, 'templates/a.yaml': '{{ .Files.Get "files/config.yaml" }}' })
  t.deepEqual(short(prints), [])
})

test('notes are printed for people: their dice do not count, but a question in them can make the render fail', async (t) => {
  const scan = await scanned(t, { 'templates/NOTES.txt': `${asks('a/v1')}{{ randAlpha 5 }}` })
  t.deepEqual(short(scan), ['templates/NOTES.txt:1 a/v1'])
  t.deepEqual(scan.dice, [])
})

const bringing: [string, Record<string, string>, boolean][] = [
  ['a folder crds/', { 'crds/a.yaml': 'a: b' }, true],
  ['a template', { 'templates/a.yaml': 'kind: CustomResourceDefinition' }, true],
  ['a subchart', { 'charts/x/crds/a.yaml': 'a: b' }, true],
  ['a file that a template may print', { 'files/a.yaml': 'kind: CustomResourceDefinition' }, true],
  ['documentation', { 'README.md': 'kind: CustomResourceDefinition' }, false],
  ['a ConfigMap', { 'templates/a.yaml': 'kind: ConfigMap' }, false],
]
for (const [name, files, brings] of bringing)
  test(`a chart brings CRDs by ${name}: ${brings}`, async (t) => {
    t.is((await scanned(t, files)).brings, brings)
  })

const longName = `${'long'.repeat(30)}.yaml`

/** A chart that has another one as an archive below charts/, which `change` may damage. */
const withArchive = async (
  t: ExecutionContext,
  change: (archive: string) => Promise<void> = async () => {},
): Promise<ChartScan> => {
  const inner = await siteOf(t, {
    'sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
    'sub/templates/a.yaml': `\n${asks('archive/v1')}`,
    [`sub/templates/${longName}`]: asks('long/v1'),
    'sub/crds/x.yaml': 'kind: CustomResourceDefinition',
    'sub/charts/deep/templates/b.yaml': asks('deep/v1'),
  })
  const root = await siteOf(t, chartFiles('one', { 'charts/.keep': '' }))
  const archive = join(root, 'releases/one/chart/charts/sub-1.0.0.tgz')
  await create({ gzip: true, cwd: inner, file: archive }, ['sub'])
  await change(archive)
  return scanChart('releases/one/chart', openFiles(root))
}

test('an archive below charts/ is read as the chart that it holds', async (t) => {
  const scan = await withArchive(t)
  t.deepEqual(short(scan), [
    'charts/sub-1.0.0.tgz/sub/charts/deep/templates/b.yaml:1 deep/v1',
    'charts/sub-1.0.0.tgz/sub/templates/a.yaml:2 archive/v1',
    `charts/sub-1.0.0.tgz/sub/templates/${longName}:1 long/v1`,
  ])
  t.true(scan.brings)
  t.false(scan.opaque)
})

const damages: [string, (archive: string) => Promise<void>][] = [
  ['is cut off', (archive) => truncate(archive, 100)],
  ['is empty', (archive) => truncate(archive, 0)],
  ['is no archive', (archive) => writeFile(archive, 'name: sub\n'.repeat(100))],
  [
    'is a gzip file without a tar in it',
    (archive) => writeFile(archive, gzipSync(new Uint8Array(2048).fill(120))),
  ],
  [
    'grows beyond what helm takes',
    (archive) => writeFile(archive, gzipSync(new Uint8Array(101 * 1024 * 1024), { level: 1 })),
  ],
]
for (const [name, damage] of damages)
  test(`a chart is opaque whose archive ${name}`, async (t) => {
    const scan = await withArchive(t, damage)
    t.true(scan.opaque)
  })
