import { readFileSync } from 'node:fs'
import path from 'node:path'

/** Where the Go modules of the programs are. */
export const goModules = path.join(import.meta.dirname, 'go')

/** The folder of Go's modules here, each with the programs that it builds. */
export const modules = ['cosign', 'etcd', 'kubernetes', 'kwok', 'sops'] as const

const kubernetesVersion = required('kubernetes', 'k8s.io/kubernetes')

/** The programs that a control plane is made of, and those that sealed files and signatures are compared with: where each is built from, and how long that takes on two cores from nothing. */
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
  sops: {
    module: 'sops',
    package: 'github.com/getsops/sops/v3/cmd/sops',
    version: required('sops', 'github.com/getsops/sops/v3'),
    linkFlags: '-s -w',
    takes: 'about 3 minutes',
  },
  cosign: {
    module: 'cosign',
    package: 'github.com/sigstore/cosign/v3/cmd/cosign',
    version: required('cosign', 'github.com/sigstore/cosign/v3'),
    linkFlags: '-s -w',
    takes: 'about 4 minutes',
  },
  age: ageProgram('age'),
  'age-keygen': ageProgram('age-keygen'),
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

/**
 * The releases before it whose API servers are built for what they say about themselves (scripts/schemas.ts): of each
 * minor version the newest that the Go module proxy had whole.
 */
export const earlierKubernetes = ['1.31.4', '1.32.2', '1.33.13', '1.34.10', '1.35.4'] as const

/** What the linker has to write into a program of Kubernetes `v1.36.3`: without it each calls itself v0.0.0-master, and clients that compare versions go wrong. */
export function kubernetesFlags(version: string): string {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)\./.exec(version) ?? []
  return Object.entries({
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitCommit: '',
    gitTreeState: 'clean',
  })
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ')
}

function kubernetesProgram(name: string, takes: string) {
  return {
    module: 'kubernetes',
    package: `k8s.io/kubernetes/cmd/${name}`,
    version: kubernetesVersion,
    linkFlags: `-s -w ${kubernetesFlags(kubernetesVersion)}`,
    takes,
  } as const
}

function ageProgram(name: string) {
  return {
    module: 'sops',
    package: `filippo.io/age/cmd/${name}`,
    version: required('sops', 'filippo.io/age'),
    linkFlags: '-s -w',
    takes: 'some seconds',
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
