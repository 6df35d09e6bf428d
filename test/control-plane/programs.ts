import { readFileSync } from 'node:fs'
import path from 'node:path'

/** Where the Go modules of the control plane's programs are. */
export const goModules = path.join(import.meta.dirname, 'go')

/** The folder of Go's modules here, each with the programs that it builds. */
export const modules = ['etcd', 'kubernetes', 'kwok'] as const

const kubernetesVersion = required('kubernetes', 'k8s.io/kubernetes')
const [, major = '', minor = ''] = /^v(\d+)\.(\d+)\./.exec(kubernetesVersion) ?? []

// Without these, each program calls itself v0.0.0-master, and clients that compare versions go wrong.
const kubernetesFlags = Object.entries({
  gitVersion: kubernetesVersion,
  gitMajor: major,
  gitMinor: minor,
  gitCommit: '',
  gitTreeState: 'clean',
})
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(' ')

/** The programs that a control plane is made of: where each is built from, and how long that takes on two cores from nothing. */
export const programs = {
  etcd: {
    module: 'etcd',
    package: 'go.etcd.io/etcd/server/v3',
    version: required('etcd', 'go.etcd.io/etcd/server/v3'),
    linkFlags: '-s -w',
    takes: 'about a minute',
  },
  'kube-apiserver': kubernetesProgram('kube-apiserver', 'about 3 minutes'),
  'kube-controller-manager': kubernetesProgram('kube-controller-manager', 'less than a minute'),
  'kube-scheduler': kubernetesProgram('kube-scheduler', 'some seconds'),
  kubectl: kubernetesProgram('kubectl', 'less than a minute'),
  kwok: {
    module: 'kwok',
    package: 'sigs.k8s.io/kwok/cmd/kwok',
    version: required('kwok', 'sigs.k8s.io/kwok'),
    linkFlags: '-s -w',
    takes: 'about a minute',
  },
} as const satisfies Record<string, ProgramSource>

export type Program = keyof typeof programs

export type ProgramSource = {
  readonly module: (typeof modules)[number]
  readonly package: string
  readonly version: string
  readonly linkFlags: string
  readonly takes: string
}

/** `1.36.3`: the version of the API server, its controllers and kubectl, unless KUBEBUILDER_ASSETS brings others. */
export const pinnedKubernetes = kubernetesVersion.slice(1)

function kubernetesProgram(name: string, takes: string) {
  return {
    module: 'kubernetes',
    package: `k8s.io/kubernetes/cmd/${name}`,
    version: kubernetesVersion,
    linkFlags: `-s -w ${kubernetesFlags}`,
    takes,
  } as const
}

/** The version that go.mod pins, so that it is written in one place only. */
function required(module: string, dependency: string): string {
  const file = path.join(goModules, module, 'go.mod')
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [name, version] = line.replace('require ', '').trim().split(' ')
    if (name === dependency && version !== undefined) {
      return version
    }
  }

  throw new Error(`${file} does not require ${dependency}`)
}
