/**
 * `make bench`: ratios to peers, measured in one run. Rendering against bare `helm template` run as parallel as there are
 * cores; apply and no-op apply of 1,000 objects against a raw client and against kubectl's ApplySet, on one real API server.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { declare } from '../src/staging/declare/declare.ts'
import { openFiles } from '../src/system/files.ts'
import { findHelm } from '../src/system/helm-program.ts'
import { startControlPlane } from '../test/control-plane/start.ts'
import { alternate, table } from './bench/measure.ts'

const root = join(import.meta.dirname, '..')
const scout = join(root, 'src/scout.ts')
/** What operators run: the single file. */
const applier = join(root, 'dist/scout-apply')
const cores = availableParallelism()
const objects = Number(process.env['BENCH_OBJECTS'] ?? 1000)
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3)

const inFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-bench-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const node = (args: string[], cwd: string, env: { [name: string]: string } = {}) =>
  execa('node', args, { cwd, env, preferLocal: true, localDir: root, stdin: 'ignore' })

const benchRender = (): Promise<void> =>
  inFolder(async (folder) => {
    await cp(join(root, 'releases'), join(folder, 'releases'), { recursive: true })
    const declared = await declare({ environment: 'production' }, { files: openFiles(folder) })
    if (!declared.ok) throw new Error(declared.problems[0].what)
    const helm = await findHelm(declared.value.lock.helm, process.env)
    if (!helm.ok) throw new Error(helm.problems[0].what)
    const charts = declared.value.releases.flatMap((release) =>
      release.source.kind === 'chart' && release.source.chart.from === 'path'
        ? [{ ...release, path: release.source.chart.path }]
        : [],
    )
    const bare = async () => {
      const waiting = [...charts]
      const worker = async (): Promise<void> => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const files = next.values.flatMap((layer) =>
            layer.from === 'file' ? ['--values', layer.file] : [],
          )
          await execa(
            helm.value,
            [
              'template',
              next.name,
              next.path,
              '--namespace',
              next.namespace,
              '--include-crds',
              '--kube-version',
              '1.36.0',
              ...files,
              '--api-versions',
              'monitoring.coreos.com/v1/ServiceMonitor',
            ],
            { cwd: folder },
          )
        }
      }
      await Promise.all(Array.from({ length: cores }, worker))
    }
    const ours = () =>
      rm(join(folder, 'rendered'), { recursive: true, force: true }).then(() =>
        node([scout, 'render', '--env', 'production'], folder),
      )
    const figures = await alternate(rounds + 2, [
      { name: `scout render, everything from reading to writing`, run: ours },
      { name: `bare helm template, ${cores} at once`, run: bare },
    ])
    console.log(table(`Rendering ${charts.length} charts of the sample site`, figures))
  })

const configMap = (namespace: string, index: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `item-${index}`, namespace },
  data: { key: `value ${index}`, text: 'some lines\nof a file\n'.repeat(20) },
})

/** A site with one release of plain manifests, whose set bears this name. */
const writeSite = async (folder: string, name: string, namespace: string): Promise<void> => {
  await mkdir(join(folder, 'releases/many'), { recursive: true })
  await writeFile(
    join(folder, 'releases/site.yaml'),
    `name: ${name}\ntarget: { kubernetes: "1.36", architecture: amd64 }\nimages: { harbor: harbor.example, projects: { docker.io: hub } }\nenvironments: { bench: { cluster: bench } }\n`,
  )
  await writeFile(join(folder, 'releases/lock.yaml'), 'helm: 4.1.4\ncharts: {}\n')
  await writeFile(
    join(folder, 'releases/many/release.yaml'),
    `namespace: ${namespace}\nmanifests: [all.json]\n`,
  )
  const items = Array.from({ length: objects }, (_, index) => configMap(namespace, index))
  await writeFile(
    join(folder, 'releases/many/all.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  )
}

const benchApply = async (): Promise<void> => {
  await node([join(root, 'scripts/single-file.ts')], root)
  const controlPlane = await startControlPlane({ without: ['kube-scheduler', 'kwok'] })
  try {
    await inFolder(async (folder) => {
      await node([scout, 'keys', 'generate', 'bench.key', '--no-passphrase'], folder)
      const trust = await node([scout, 'keys', 'trust', 'bench.pub', '--cluster', 'bench'], folder)
      await writeFile(join(folder, 'trust.yaml'), trust.stdout)
      for (let round = 0; round < rounds; round += 1) {
        const site = join(folder, `site-${round}`)
        await writeSite(site, `bench-${round}`, `ours-${round}`)
        await node([scout, 'render'], site)
        await node(
          [scout, 'bundle', '--env', 'bench', '--key', '../bench.key', '--version', '1.0.0', '--out', 'dist'],
          site,
        )
        for (const peer of ['raw', 'kubectl'])
          await controlPlane.request('POST', '/api/v1/namespaces', {
            body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${peer}-${round}` } },
          })
        const raw = Array.from({ length: objects }, (_, index) => configMap(`raw-${round}`, index))
        await writeFile(
          join(site, 'raw.json'),
          JSON.stringify({
            access: {
              url: controlPlane.url,
              ca: controlPlane.ca,
              cert: controlPlane.admin.cert,
              key: controlPlane.admin.key,
            },
            objects: raw.map((object) => ({
              path: `/api/v1/namespaces/${object.metadata.namespace}/configmaps/${object.metadata.name}`,
              body: JSON.stringify(object),
            })),
          }),
        )
        const items = Array.from({ length: objects }, (_, index) => configMap(`kubectl-${round}`, index))
        await writeFile(join(site, 'kubectl.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
      }
      const siteOf = (round: number): string => join(folder, `site-${round}`)
      const contenders = [
        {
          name: 'scout-apply: verify, plan, inventory, apply, prune',
          run: (round: number) =>
            execa(
              applier,
              [
                `dist/bench-${round}-bench-1.0.0.tgz`,
                '--trust',
                '../trust.yaml',
                '--kubeconfig',
                controlPlane.kubeconfig,
              ],
              { cwd: siteOf(round) },
            ),
        },
        {
          name: 'a raw client, 32 in flight',
          run: (round: number) =>
            node([join(root, 'scripts/bench/raw-apply.ts'), 'raw.json', '32'], siteOf(round)),
        },
        {
          name: 'kubectl apply --server-side --prune --applyset',
          run: (round: number) =>
            execa(
              controlPlane.kubectl,
              [
                '--kubeconfig',
                controlPlane.kubeconfig,
                'apply',
                '--server-side',
                '--prune',
                `--applyset=secret/bench-${round}`,
                `--namespace=kubectl-${round}`,
                '-f',
                'kubectl.json',
              ],
              { cwd: siteOf(round), env: { KUBECTL_APPLYSET: 'true' } },
            ),
        },
      ]
      console.log(table(`First apply of ${objects} ConfigMaps`, await alternate(rounds, contenders)))
      console.log(table(`The same again, nothing changed`, await alternate(rounds, contenders)))
    })
  } finally {
    await controlPlane.stop()
  }
}

await benchRender()
if (!process.argv.includes('--render')) await benchApply()
