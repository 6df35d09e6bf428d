import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { ControlPlane } from '../../test/control-plane/control-plane.ts'
import { startProxy } from '../../test/control-plane/proxy.ts'
import { startControlPlane } from '../../test/control-plane/start.ts'
import {
  accessOf,
  bundleOf,
  configMap,
  deployment,
  many,
  writeForPeer,
  writeSite,
  writeTrust,
} from './apply-site.ts'
import type { Maker } from './apply-site.ts'
import { alternate, budget, median, table } from './measure.ts'
import type { Contender, Figure } from './measure.ts'
import { peersAtHand } from './peers.ts'
import { inFolder, node, root } from './programs.ts'

/** What operators run: the single file. */
const applier = join(root, 'dist/scout-apply')
const objects = Number(process.env['BENCH_OBJECTS'] ?? 1000)

const ours = (folder: string, kubeconfig: string, kind: string): Contender => ({
  name: 'scout-apply: verify, plan, inventory, apply, prune',
  run: (round) =>
    execa(applier, [bundleOf(`${kind}-${round}`), '--trust', '../trust.yaml', '--kubeconfig', kubeconfig], {
      cwd: join(folder, `${kind}-${round}`),
    }),
})

const writeRaw = async (folder: string, round: number, controlPlane: ControlPlane): Promise<void> => {
  const namespace = `raw-${round}`
  await writeForPeer(folder, namespace, configMap, 0, controlPlane)
  await writeFile(
    join(folder, `${namespace}.json`),
    JSON.stringify({
      access: accessOf(controlPlane),
      objects: many(configMap, namespace, objects).map((object, index) => ({
        path: `/api/v1/namespaces/${namespace}/configmaps/item-${index}`,
        body: JSON.stringify(object),
      })),
    }),
  )
}

const secondsOf = (figures: Figure[], name: string): number =>
  median(figures.find((one) => one.name.startsWith(name))?.seconds ?? [])

/** First apply and no-op of ConfigMaps, beside every peer that is at hand. */
const configMaps = async (folder: string, rounds: number, controlPlane: ControlPlane): Promise<void> => {
  const peers = await peersAtHand()
  for (let round = 0; round < rounds; round += 1) {
    await writeSite(join(folder, `maps-${round}`), `maps-${round}`, configMap, objects)
    await writeRaw(folder, round, controlPlane)
    for (const peer of peers)
      await writeForPeer(folder, peer.namespace(round), configMap, objects, controlPlane)
  }
  const contenders = [
    ours(folder, controlPlane.kubeconfig, 'maps'),
    {
      name: 'a raw client, 32 in flight',
      run: (round: number) =>
        node([join(root, 'scripts/bench/raw-apply.ts'), `raw-${round}.json`, '32'], folder),
    },
    ...peers.map((peer) => peer.contender(folder, controlPlane)),
  ]
  const first = await alternate(rounds, contenders)
  console.log(table(`First apply of ${objects} ConfigMaps`, first))
  console.log(
    budget('ours to the raw client', secondsOf(first, 'scout') / secondsOf(first, 'a raw'), 1.3, '×'),
  )
  const again = await alternate(rounds, contenders)
  console.log(table('The same again, nothing changed', again))
  const theirs = secondsOf(again, 'kapp deploy')
  if (!Number.isNaN(theirs)) {
    console.log(budget("ours to kapp's", secondsOf(again, 'scout') / theirs, 0.5, '×'))
    console.log(budget("ours to kapp's", secondsOf(again, 'scout') / theirs, 0.3, '×', 'aim'))
  }
}

/** No-op of Deployments, beside the least that it can cost. */
const deployments = async (folder: string, rounds: number, controlPlane: ControlPlane): Promise<void> => {
  const name = 'deployments-0'
  await writeSite(join(folder, name), name, deployment, objects)
  await writeFile(
    join(folder, 'list.json'),
    JSON.stringify({
      access: accessOf(controlPlane),
      path: `/apis/apps/v1/namespaces/ours-${name}/deployments`,
    }),
  )
  const contender = ours(folder, controlPlane.kubeconfig, 'deployments')
  await contender.run(0)
  const figures = await alternate(rounds, [
    { name: contender.name, run: () => contender.run(0) },
    {
      name: 'LIST and parsing',
      run: () => node([join(root, 'scripts/bench/raw-list.ts'), 'list.json'], folder),
    },
  ])
  console.log(table(`${objects} Deployments again, nothing changed`, figures))
  console.log(
    budget('ours to LIST and parsing', secondsOf(figures, 'scout') / secondsOf(figures, 'LIST'), 1.5, '×'),
  )
}

/**
 * The time from the start of the process until its first request arrives: with a bundle of ten objects, and with the large one, every
 * object of which is read and verified before.
 */
const firstRequest = async (folder: string, rounds: number, controlPlane: ControlPlane): Promise<void> => {
  for (let round = 0; round < rounds; round += 1)
    await writeSite(join(folder, `small-${round}`), `small-${round}`, configMap, 10)
  const proxy = await startProxy(controlPlane)
  const measured = async (kind: string): Promise<number> => {
    const seconds: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      proxy.reset()
      const start = Date.now()
      await ours(folder, proxy.kubeconfig, kind).run(round)
      seconds.push(((proxy.requests[0]?.at ?? NaN) - start) / 1000)
    }
    return median(seconds)
  }
  console.log(budget('start to first request, 10 objects', await measured('small'), 0.3, 's'))
  console.log(budget(`start to first request, ${objects} objects`, await measured('maps'), 0.3, 's', 'aim'))
  await proxy.stop()
}

const memory = async (
  folder: string,
  make: Maker,
  count: number,
  controlPlane: ControlPlane,
): Promise<void> => {
  const site = join(folder, 'large-0')
  await writeSite(site, 'large-0', make, count)
  const watch = join(root, 'scripts/bench/peak-memory.ts')
  const run = (): Promise<unknown> =>
    node(
      [
        '--import',
        watch,
        join(root, 'src/scout-apply.ts'),
        bundleOf('large-0'),
        '--trust',
        '../trust.yaml',
        '--kubeconfig',
        controlPlane.kubeconfig,
      ],
      site,
      { PEAK_MEMORY: join(folder, 'peak') },
    )
  for (const what of ['first apply', 'the same again']) {
    await run()
    const peak = Number(await readFile(join(folder, 'peak'), 'utf8'))
    console.log(budget(`peak memory with ${count} objects, ${what}`, peak, 1024, 'MiB'))
  }
}

/** Applying, beside its peers and its limits, on one real API server. BENCH_OBJECTS says of how many. */
export const benchApply = async (rounds: number): Promise<void> => {
  await node([join(root, 'scripts/single-file.ts')], root)
  const controlPlane = await startControlPlane({ without: ['kube-scheduler', 'kwok'] })
  try {
    await inFolder(async (folder) => {
      await writeTrust(folder)
      await configMaps(folder, rounds, controlPlane)
      await firstRequest(folder, rounds, controlPlane)
      await deployments(folder, rounds, controlPlane)
      await memory(folder, configMap, objects * 10, controlPlane)
    })
  } finally {
    await controlPlane.stop()
  }
}
