import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestFn } from 'ava'
import { execa } from 'execa'
import { writeOneScript } from '../../scripts/one-script.ts'
import { parentName } from '../../src/core/applyset.ts'
import type { ControlPlane } from '../control-plane/control-plane.ts'
import { isMutating } from '../control-plane/proxy.ts'
import type { Proxy, ProxiedRequest } from '../control-plane/proxy.ts'

const built = await mkdtemp(path.join(tmpdir(), 'scout-applier-'))
const applier = path.join(built, 'scout-apply.cjs')

/** Builds scout-apply as one script, as it is shipped, before the tests of a file. */
export const buildApplier = (test: TestFn): void => {
  test.before('the applier is built', () => writeOneScript('scout-apply', applier))
  test.after.always(() => rm(built, { recursive: true, force: true }))
}

/** When it dies: before the request has reached the API server, or after that has done it and answered. */
export const sides = ['before it reached the server', 'after it was done, unread'] as const
export type Side = (typeof sides)[number]

/** So many lives at once: most of each is waiting. */
export const lanes = 4

const isLock = ({ path: asked }: ProxiedRequest): boolean => asked.includes('/leases')

/** Runs scout-apply as it was built. */
export const startApplier = (args: string[]) =>
  execa('node', [applier, ...args], {
    preferLocal: true,
    stdin: 'ignore',
    reject: false,
    all: true,
    // Halves the start of each process.
    env: { NODE_COMPILE_CACHE: path.join(built, 'compiled') },
  })

type Ended = Awaited<ReturnType<typeof startApplier>>

/**
 * A real scout-apply that is killed by SIGKILL at write `at` of all its runs together (the lock's are not counted), if there are so many. `run` runs it
 * with these arguments until it was not killed; a killed run's lock is taken off, as `unlock` would, so that nobody waits for its end.
 */
export const mortalApplier = (
  { request }: Pick<ControlPlane, 'request'>,
  proxy: Proxy,
  { set, at, side }: { set: string; at: number; side: Side },
) => {
  let child: ReturnType<typeof startApplier> | undefined
  const reached: ProxiedRequest[] = []
  const life = { writes: 0, killed: false, reached }
  const kill = (): void => {
    life.killed = true
    child?.kill('SIGKILL')
  }
  proxy.meddle((asked) => {
    if (!isMutating(asked)) return 'pass'
    const dies = !isLock(asked) && !life.killed && life.writes++ === at
    if (!dies || side === 'after it was done, unread') reached.push(asked)
    if (!dies) return 'pass'
    if (side === 'after it was done, unread') return { swallow: kill }
    kill()
    return 'refuse'
  })
  const lease = `/apis/coordination.k8s.io/v1/namespaces/scout-system/leases/${parentName(set)}`
  const run = async (...args: string[]): Promise<Ended> => {
    for (;;) {
      const before = life.killed
      child = startApplier([...args, '--kubeconfig', proxy.kubeconfig])
      const ended = await child
      if (life.killed === before) return ended
      await request('DELETE', lease)
    }
  }
  return { life, run }
}

/** Goes through all deaths of so many writes, on both sides of each, some at once: each lane has a proxy of its own. */
export const everyDeath = async (
  proxies: Proxy[],
  writes: number,
  live: (proxy: Proxy, death: { at: number; side: Side }) => Promise<void>,
): Promise<void> => {
  const deaths = Array.from({ length: writes }, (_, at) => sides.map((side) => ({ at, side }))).flat()
  let next = 0
  const lane = async (proxy: Proxy): Promise<void> => {
    for (;;) {
      const death = deaths[next++]
      if (death === undefined) return
      await live(proxy, death)
    }
  }
  await Promise.all(proxies.map(lane))
}
