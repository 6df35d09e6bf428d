import { mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { createClientCertificate, type Certificate } from './certificates.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { requester, type Request } from './request.ts'

/** Where a running control plane is and how to get in: plain data, so that it can be handed to another process. */
export type Whereabouts = {
  /** `https://127.0.0.1:PORT` of the API server. */
  readonly url: string
  /** `http://127.0.0.1:PORT` of etcd, for a look behind the API server's back. */
  readonly etcd: string
  /** The folder of its certificates, logs and kubeconfigs; it goes away with the control plane. */
  readonly dir: string
  /** PEM file of the authority that signed the API server's certificate. */
  readonly ca: string
  /** Signs the certificates of users and servers. */
  readonly authority: Certificate
  /** May say of a request whose it is, as an aggregating API server does; the counting proxy uses it. */
  readonly frontProxy: Certificate
  /** Belongs to the group system:masters. */
  readonly admin: Certificate
  /** A kubeconfig with the admin's certificate. */
  readonly kubeconfig: string
  /** Path of a kubectl of the API server's version. */
  readonly kubectl: string
}

/** The file in a control plane's folder that holds its whereabouts as JSON. */
export const whereaboutsFile = 'whereabouts.json'

export type ControlPlane = Whereabouts & {
  /** Asks the API server anything, as the admin. */
  readonly request: Request
  /**
   * Makes a kubeconfig for a user who may do nothing until RBAC says so.
   *
   * @returns The path of the kubeconfig.
   */
  readonly userKubeconfig: (name: string, groups?: readonly string[]) => Promise<string>
}

/** Gives a control plane that runs already, in this process or another, its functions. */
export async function attach(whereabouts: Whereabouts): Promise<ControlPlane> {
  const { url, ca, admin, authority, dir } = whereabouts
  return {
    ...whereabouts,
    request: await requester(url, ca, admin),
    async userKubeconfig(name, groups = []) {
      // A folder each, because two test files may ask for the same user at once.
      const folder = await mkdtemp(path.join(dir, 'user-'))
      const certificate = await createClientCertificate(folder, 'user', authority, { name, groups })
      return writeKubeconfig(folder, 'user', url, ca, certificate)
    },
  }
}
