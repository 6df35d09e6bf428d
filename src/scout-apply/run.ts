import { commonOptions } from '../command-line/command.ts'
import type { Values } from '../command-line/command.ts'
import { identify } from '../control-plane/identify/identify.ts'
import type { Cluster } from '../core/effects/cluster.ts'
import type { Terminal } from '../core/effects/terminal.ts'
import { bad, good, problem } from '../core/problem.ts'
import { stepper } from '../core/stepper.ts'
import type { Step, Tell } from '../core/stepper.ts'
import type { Trust } from '../core/trust.ts'
import { jsonText } from '../report/json-text.ts'
import { tellProgress } from '../report/progress/progress.ts'
import { openCluster } from '../system/cluster.ts'
import { openTerminal } from '../system/terminal.ts'
import { loadTrust, usualTrustFile } from '../system/trust-file.ts'

/** Options of every command on the control plane: which cluster, and whom it believes. */
export const controlPlaneOptions = {
  ...commonOptions,
  trust: { value: 'FILE', help: `the trust file of this control plane (default: ${usualTrustFile})` },
  kubeconfig: {
    value: 'FILE',
    help: "the kubeconfig (default: KUBECONFIG, in-cluster, K3s's own, ~/.kube/config)",
  },
  as: { value: 'USER', help: 'speak for this user (the credentials need the right to impersonate)' },
  'as-group': { value: 'GROUP', many: true, help: 'and for this group, with --as' },
} as const

/** What every command on the control plane has at hand: a voice, the trust file and the cluster, each when it is asked for. */
export interface Run {
  terminal: Terminal
  tell: Tell
  step: Step
  /** Prints the command's answer: JSON where it was asked for, else the text. */
  answer(json: unknown, text: string): void
  readTrust(): Promise<Trust>
  /**
   * Runs `work` with the cluster and lets go of it afterwards. Before that nothing knows where the cluster is. Where the trust file was read and says
   * which cluster it is for, it must be that one.
   */
  withCluster<T>(work: (cluster: Cluster) => Promise<T>): Promise<T>
}

type RunOptions = Omit<Values<typeof controlPlaneOptions>, 'help'>

const groupsAlone = problem({
  code: 'usage/wrong',
  fault: 'usage',
  what: '--as-group stands without --as.',
  why: 'The API server takes groups only with the user whose they are.',
  fix: 'Name the user with --as USER.',
})

/** Opens the world for one command. */
export const openRun = (options: RunOptions): Run => {
  const { output, verbose, trust, kubeconfig, as: user, 'as-group': groups } = options
  const json = output === 'json'
  const terminal = openTerminal()
  const tell = tellProgress(terminal, { output: json ? 'json' : 'text', verbose })
  const step = stepper(tell)
  let believed: Trust | undefined
  return {
    terminal,
    tell,
    step,
    answer: (value, text) => terminal.out.write(json ? jsonText(value, 2) : text),
    readTrust: async () => (believed = await step('read the trust file', () => loadTrust(trust))),
    withCluster: async (work) => {
      const cluster = await step('find the cluster', async () => {
        if (user === undefined && groups.length > 0) return bad([groupsAlone])
        const opened = await openCluster(
          {
            ...(kubeconfig !== undefined && { kubeconfig }),
            ...(user !== undefined && { as: { user, groups } }),
          },
          process.env,
        )
        return opened.ok ? good(opened.cluster) : bad([opened.problem])
      })
      try {
        const { clusterId } = believed ?? {}
        if (believed && clusterId !== undefined)
          await step('identify the cluster', () => identify(believed as Trust, cluster))
        return await work(cluster)
      } finally {
        cluster.close()
      }
    },
  }
}

/** A run that has found its cluster already. */
export const runIn = (run: Run, cluster: Cluster): Run => ({
  ...run,
  withCluster: async (work) => await work(cluster),
})
