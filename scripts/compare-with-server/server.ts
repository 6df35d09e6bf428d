import { resolve } from 'node:path'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import { bad, good, problem } from '../../src/core/problem.ts'
import type { Outcome } from '../../src/core/problem.ts'
import { openCluster } from '../../src/system/cluster.ts'
import { startControlPlane } from '../../test/control-plane/start.ts'

/** A real API server that helm is to ask. */
export interface Server {
  url: string
  /** Path of a kubeconfig that leads there. */
  kubeconfig: string
  cluster: Cluster
  close(): Promise<void>
}

const startOwn = async (): Promise<Outcome<{ kubeconfig: string; stop: () => Promise<void> }>> => {
  try {
    return good(await startControlPlane({ without: ['kube-controller-manager', 'kube-scheduler', 'kwok'] }))
  } catch (error) {
    return bad([
      problem({
        code: 'compare-with-server/no-server',
        fault: 'world',
        what: `No API server could be started: ${error instanceof Error ? error.message : String(error)}`,
        fix: 'Run `node test/control-plane/build.ts`, or name a throw-away server with --kubeconfig.',
      }),
    ])
  }
}

/** The server that the kubeconfig names (a throw-away one: much gets installed there), or one of our own, which ends with `close`. */
export const openServer = async (named: string | undefined): Promise<Outcome<Server>> => {
  const started = named === undefined ? await startOwn() : good({ kubeconfig: named, stop: async () => {} })
  if (!started.ok) return started
  const { kubeconfig, stop } = started.value
  const opened = await openCluster({ kubeconfig }, {})
  if (!opened.ok) {
    await stop()
    return bad([opened.problem])
  }
  const { cluster } = opened
  const close = async (): Promise<void> => {
    cluster.close()
    await stop()
  }
  return good({ url: cluster.server, kubeconfig: resolve(kubeconfig), cluster, close })
}
