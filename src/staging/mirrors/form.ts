/** What runs on the nodes. */
export type NodeRuntime = 'k3s' | 'rke2' | 'containerd' | 'talos'
export const nodeRuntimes: NodeRuntime[] = ['k3s', 'rke2', 'containerd', 'talos']

/** One file for the nodes; the path is from the folder that the runtime reads, `/etc/rancher/k3s` or `/etc/containerd`. */
export interface MirrorFile {
  path: string
  text: string
}

/** What a runtime's file is made of. */
export interface Mirroring {
  runtime: NodeRuntime
  harbor: string
  scheme: 'https' | 'http'
  /** By registry, sorted: the project of Harbor that stands for it. */
  projects: [registry: string, project: string][]
  /** Certificates alone, in PEM. */
  authority: string | undefined
  auth: boolean
  skipVerify: boolean
}

/** How each file begins: what does not is not ours to replace. */
export const mark = '# Made by scout mirrors'

/**
 * The variables that stand for the credentials, in quotes: `envsubst` fills them in on the node. They are named nowhere else in a file, because it
 * would fill them in there, too.
 */
export const variables = { username: '${HARBOR_USERNAME}', password: '${HARBOR_PASSWORD}' }

export const authorityFile = 'harbor-ca.crt'
