import { commonOptions } from '../command-line/command.ts'
import type { Values } from '../command-line/command.ts'
import type { Cluster } from '../core/effects/cluster.ts'
import type { Terminal } from '../core/effects/terminal.ts'
import { bad, good } from '../core/problem.ts'
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
} as const

/** What every command on the control plane has at hand: a voice, the trust file and the cluster, each when it is asked for. */
export interface Run {
  terminal: Terminal
  tell: Tell
  step: Step
  /** Prints the command's answer: JSON where it was asked for, else the text. */
  answer(json: unknown, text: string): void
  readTrust(): Promise<Trust>
  /** Runs `work` with the cluster and lets go of it afterwards. Before that nothing knows where the cluster is. */
  withCluster<T>(work: (cluster: Cluster) => Promise<T>): Promise<T>
}

type RunOptions = Omit<Values<typeof controlPlaneOptions>, 'help'>

/** Opens the world for one command. */
export const openRun = ({ output, verbose, trust, kubeconfig }: RunOptions): Run => {
  const json = output === 'json'
  const terminal = openTerminal()
  const tell = tellProgress(terminal, { output: json ? 'json' : 'text', verbose })
  const step = stepper(tell)
  return {
    terminal,
    tell,
    step,
    answer: (value, text) => terminal.out.write(json ? jsonText(value, 2) : text),
    readTrust: () => step('read the trust file', () => loadTrust(trust)),
    withCluster: async (work) => {
      const cluster = await step('find the cluster', async () => {
        const opened = await openCluster(kubeconfig === undefined ? {} : { kubeconfig }, process.env)
        return opened.ok ? good(opened.cluster) : bad([opened.problem])
      })
      try {
        return await work(cluster)
      } finally {
        cluster.close()
      }
    },
  }
}
