import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { startControlPlane } from '../../test/control-plane/start.ts'
import { alternate, table } from './measure.ts'
import { inFolder, node, root, scout } from './programs.ts'

/** What operators run: the single file. */
const applier = join(root, 'dist/scout-apply')
const objects = Number(process.env['BENCH_OBJECTS'] ?? 1000)

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

/** The first apply of so many objects (BENCH_OBJECTS), and the same again, on one real API server. */
export const benchApply = async (rounds: number): Promise<void> => {
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
