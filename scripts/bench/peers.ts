import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import type { ControlPlane } from '../../test/control-plane/control-plane.ts'
import type { Contender } from './measure.ts'

/** A peer by the name that it has here, with what it needs to be told. */
export interface Peer {
  name: string
  namespace: (round: number) => string
  contender(folder: string, controlPlane: ControlPlane): Contender
}

/** A program on PATH, or where an environment variable says; undefined: it is not at hand. */
const atHand = async (name: string, variable: string): Promise<string | undefined> => {
  const said = process.env[variable]
  if (said !== undefined && existsSync(said)) return said
  const found = await execa('which', [name], { reject: false })
  return found.exitCode === 0 ? found.stdout.trim() : undefined
}

const kubectl: Peer = {
  name: 'kubectl apply --server-side --prune --applyset',
  namespace: (round) => `kubectl-${round}`,
  contender: (folder, controlPlane) => ({
    name: kubectl.name,
    run: (round) =>
      execa(
        controlPlane.kubectl,
        [
          '--kubeconfig',
          controlPlane.kubeconfig,
          'apply',
          '--server-side',
          '--prune',
          `--applyset=secret/bench-${round}`,
          `--namespace=${kubectl.namespace(round)}`,
          '-f',
          join(kubectl.namespace(round), 'all.yaml'),
        ],
        { cwd: folder, env: { KUBECTL_APPLYSET: 'true' } },
      ),
  }),
}

const kapp = (program: string): Peer => {
  const namespace = (round: number): string => `kapp-${round}`
  return {
    name: 'kapp deploy',
    namespace,
    contender: (folder, controlPlane) => ({
      name: 'kapp deploy',
      run: (round) =>
        execa(
          program,
          [
            '--kubeconfig',
            controlPlane.kubeconfig,
            'deploy',
            '--app',
            `bench-${round}`,
            '--namespace',
            namespace(round),
            '--file',
            join(namespace(round), 'all.yaml'),
            '--yes',
          ],
          { cwd: folder },
        ),
    }),
  }
}

/** `kpt live apply` is this program's library. */
const kapply = (program: string): Peer => {
  const namespace = (round: number): string => `kpt-${round}`
  const name = 'kapply apply --server-side (what kpt live runs)'
  return {
    name,
    namespace,
    contender: (folder, controlPlane) => ({
      name,
      before: (round) =>
        existsSync(join(folder, namespace(round), 'inventory-template.yaml'))
          ? Promise.resolve()
          : execa(
              program,
              [
                '--kubeconfig',
                controlPlane.kubeconfig,
                'init',
                namespace(round),
                '--namespace',
                namespace(round),
              ],
              { cwd: folder },
            ),
      run: (round) =>
        execa(
          program,
          ['--kubeconfig', controlPlane.kubeconfig, 'apply', namespace(round), '--server-side'],
          { cwd: folder },
        ),
    }),
  }
}

/** The peers that are at hand: kubectl always, kapp (BENCH_KAPP) and kpt's kapply (BENCH_KAPPLY) where they are installed. */
export const peersAtHand = async (): Promise<Peer[]> => {
  const [kappProgram, kapplyProgram] = await Promise.all([
    atHand('kapp', 'BENCH_KAPP'),
    atHand('kapply', 'BENCH_KAPPLY'),
  ])
  return [
    kubectl,
    ...(kappProgram === undefined ? [] : [kapp(kappProgram)]),
    ...(kapplyProgram === undefined ? [] : [kapply(kapplyProgram)]),
  ]
}
