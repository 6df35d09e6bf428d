import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ControlPlane } from '../../test/control-plane/control-plane.ts'
import { node, scout } from './programs.ts'

/** Something to make many of. */
export type Maker = (namespace: string, index: number) => object

export const configMap: Maker = (namespace, index) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `item-${index}`, namespace },
  data: { key: `value ${index}`, text: 'some lines\nof a file\n'.repeat(20) },
})

/** Without Pods, so that the machine measures the applier and not the scheduler. */
export const deployment: Maker = (namespace, index) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: `item-${index}`, namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: `item-${index}` } },
    template: {
      metadata: { labels: { app: `item-${index}` } },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'harbor.example/hub/library/app:1',
            ports: [{ containerPort: 8080 }],
            env: [{ name: 'A', value: 'b' }],
            resources: { requests: { cpu: '10m', memory: '16Mi' } },
          },
        ],
      },
    },
  },
})

export const many = (make: Maker, namespace: string, count: number): object[] =>
  Array.from({ length: count }, (_, index) => make(namespace, index))

/** Where the bundle of a site lies, from the site's folder. */
export const bundleOf = (name: string): string => `dist/${name}-bench-1.0.0.tgz`

/** A site with one release of so many plain objects, rendered and bundled with `../bench.key`. */
export const writeSite = async (folder: string, name: string, make: Maker, count: number): Promise<void> => {
  await mkdir(join(folder, 'releases/many'), { recursive: true })
  await writeFile(
    join(folder, 'releases/site.yaml'),
    `name: ${name}\ntarget: { kubernetes: "1.36", architecture: amd64 }\nimages: { harbor: harbor.example, projects: { docker.io: hub } }\nenvironments: { bench: { cluster: bench } }\n`,
  )
  await writeFile(join(folder, 'releases/lock.yaml'), 'helm: 4.1.4\ncharts: {}\n')
  await writeFile(
    join(folder, 'releases/many/release.yaml'),
    `namespace: ours-${name}\nmanifests: [all.json]\n`,
  )
  const items = many(make, `ours-${name}`, count)
  await writeFile(
    join(folder, 'releases/many/all.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  )
  await node([scout, 'render'], folder)
  await node(
    [scout, 'bundle', '--env', 'bench', '--key', '../bench.key', '--version', '1.0.0', '--out', 'dist'],
    folder,
  )
}

/** The key that signs the bundles, and the trust file that takes them. */
export const writeTrust = async (folder: string): Promise<void> => {
  await node([scout, 'keys', 'generate', 'bench.key', '--no-passphrase'], folder)
  const trust = await node([scout, 'keys', 'trust', 'bench.pub', '--cluster', 'bench'], folder)
  await writeFile(join(folder, 'trust.yaml'), trust.stdout)
}

/** What the peers apply, each in a namespace of its own. */
export const writeForPeer = async (
  folder: string,
  namespace: string,
  make: Maker,
  count: number,
  { request }: ControlPlane,
): Promise<void> => {
  await request('POST', '/api/v1/namespaces', {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  })
  await mkdir(join(folder, namespace), { recursive: true })
  // Documents, since not every peer reads lists, or files that are called JSON.
  const documents = many(make, namespace, count).map((one) => JSON.stringify(one))
  await writeFile(join(folder, namespace, 'all.yaml'), documents.join('\n---\n'))
}

/** How a raw client gets in. */
export const accessOf = ({ url, ca, admin }: ControlPlane) => ({ url, ca, cert: admin.cert, key: admin.key })
