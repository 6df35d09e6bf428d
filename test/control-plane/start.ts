import { mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findApiServer, findPrograms } from './build.ts'
import {
  createAuthority,
  createClientCertificate,
  createServerCertificate,
  createTokenKeys,
} from './certificates.ts'
import { createComponents, freePorts, lastLines, type Component } from './component.ts'
import { attach, whereaboutsFile, type ControlPlane, type Whereabouts } from './control-plane.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import type { Json } from './request.ts'

/** What a control plane can do without; each costs memory and up to a second. */
export type Part = 'kube-controller-manager' | 'kube-scheduler' | 'kwok'

export type StartOptions = {
  /** Without the controller manager nothing follows from an object: no Pods of a Deployment, no garbage collection, no service accounts, and a deleted namespace stays. */
  readonly without?: readonly Part[]
  /** The release of the API server, such as `1.33.13`, where it is not to be that of the other programs. */
  readonly release?: string
}

export type StoppableControlPlane = ControlPlane & {
  /** Ends its programs by their pids and removes its folder. */
  readonly stop: () => Promise<void>
}

const parts = ['kube-controller-manager', 'kube-scheduler', 'kwok'] as const
const patience = 60_000

/**
 * Starts a real control plane on loopback: etcd, kube-apiserver with RBAC, the controller manager, the
 * scheduler, and kwok, which plays the kubelet of one node (see stages.yaml). It answers when the API server is
 * ready and, with all parts there, when that node is. Programs that were never built are built first.
 *
 * All of it ends with `stop`, or when this process ends, in whatever way; it does not keep this process running.
 *
 * @throws An error with the last lines of a program's log, where that program ended or was not ready within a minute.
 */
export async function startControlPlane({
  without = [],
  release,
}: StartOptions = {}): Promise<StoppableControlPlane> {
  const wanted = parts.filter((part) => !without.includes(part))
  const programs = await findPrograms(['etcd', 'kubectl', ...wanted])
  const apiServerProgram =
    release === undefined
      ? (await findPrograms(['kube-apiserver']))['kube-apiserver']
      : await findApiServer(release)
  const dir = await mkdtemp(path.join(os.tmpdir(), 'scout-control-plane-'))
  const components = createComponents(dir)
  try {
    const [etcdPort, etcdPeerPort, port] = (await freePorts(3)) as [number, number, number]
    const url = `https://127.0.0.1:${port}`
    const etcdUrl = `http://127.0.0.1:${etcdPort}`
    const etcd = components.start(programs.etcd, etcdFlags(dir, etcdUrl, `http://127.0.0.1:${etcdPeerPort}`))

    const authority = await createAuthority(dir, 'authority')
    const frontAuthority = await createAuthority(dir, 'front-proxy-authority')
    const server = await createServerCertificate(dir, 'kube-apiserver', authority)
    const frontProxy = await createClientCertificate(dir, 'front-proxy', frontAuthority, {
      name: 'front-proxy',
    })
    const admin = await createClientCertificate(dir, 'admin', authority, {
      name: 'admin',
      groups: ['system:masters'],
    })
    const tokens = await createTokenKeys(dir)
    const kubeconfig = await writeKubeconfig(dir, 'admin', url, authority.cert, admin)

    const apiServer = components.start(apiServerProgram, [
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--etcd-servers=${etcdUrl}`,
      `--cert-dir=${dir}`,
      `--tls-cert-file=${server.cert}`,
      `--tls-private-key-file=${server.key}`,
      `--client-ca-file=${authority.cert}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${tokens.publicKey}`,
      `--service-account-signing-key-file=${tokens.privateKey}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=RBAC',
      '--allow-privileged=true',
      `--requestheader-client-ca-file=${frontAuthority.cert}`,
      '--requestheader-allowed-names=front-proxy',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${frontProxy.cert}`,
      `--proxy-client-key-file=${frontProxy.key}`,
      // The Service `kubernetes` may not have a loopback address as its endpoint.
      '--endpoint-reconciler-type=none',
      // Without its controller no namespace gets a service account, and this would refuse every Pod.
      ...(wanted.includes('kube-controller-manager') ? [] : ['--disable-admission-plugins=ServiceAccount']),
    ])

    const whereabouts: Whereabouts = {
      url,
      etcd: etcdUrl,
      dir,
      ca: authority.cert,
      authority,
      frontProxy,
      admin,
      kubeconfig,
      kubectl: programs.kubectl,
    }
    await writeFile(path.join(dir, whereaboutsFile), JSON.stringify(whereabouts))
    const controlPlane = await attach(whereabouts)
    const { request } = controlPlane
    await until(
      'the API server is ready',
      [apiServer, etcd],
      async () => (await request('GET', '/readyz')).status === 200,
    )

    const flags: Record<Part, readonly string[]> = {
      'kube-controller-manager': [
        ...controllerFlags(kubeconfig),
        `--service-account-private-key-file=${tokens.privateKey}`,
        `--root-ca-file=${authority.cert}`,
        '--node-monitor-period=500ms',
        // Nobody renews the lease of a node without a kubelet: its Pods would be called unready after a minute.
        '--node-monitor-grace-period=24h',
      ],
      'kube-scheduler': controllerFlags(kubeconfig),
      kwok: [
        `--kubeconfig=${kubeconfig}`,
        `--config=${path.join(import.meta.dirname, 'stages.yaml')}`,
        '--manage-all-nodes',
        '--cidr=10.244.0.1/16',
      ],
    }
    const running = wanted.map((part) => components.start(programs[part], flags[part]))
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: 'node-1',
        labels: {
          'kubernetes.io/hostname': 'node-1',
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
        },
      },
    }
    await request('POST', '/api/v1/nodes', { body: node })
    if (wanted.length === parts.length) {
      await until('the node takes Pods', running, async () =>
        takesPods((await request('GET', '/api/v1/nodes/node-1')).body),
      )
    }

    return { ...controlPlane, stop: components.stop }
  } catch (error) {
    await components.stop()
    throw error
  }
}

function etcdFlags(dir: string, clients: string, peers: string): string[] {
  return [
    `--data-dir=${path.join(dir, 'etcd')}`,
    // Nothing here has to survive a power cut.
    '--unsafe-no-fsync',
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
  ]
}

function controllerFlags(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--secure-port=0',
    // The limits that protect a real API server would only make tests wait.
    '--kube-api-qps=1000',
    '--kube-api-burst=2000',
  ]
}

function takesPods(node: Json): boolean {
  const ready = node.status?.conditions?.some(
    (condition: Json) => condition.type === 'Ready' && condition.status === 'True',
  )
  return ready === true && !(node.spec.taints?.length > 0)
}

async function until(
  what: string,
  components: readonly Component[],
  holds: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + patience
  // Refused connections are what a server looks like before it listens.
  while (!(await holds().catch(() => false))) {
    const exited = components.find((component) => component.hasExited())
    if (exited !== undefined) {
      throw new Error(`the control plane did not start: ${exited.name} ended. ${await lastLines(exited)}`)
    }

    if (Date.now() > end) {
      const logs = await Promise.all(components.map(async (component) => lastLines(component)))
      throw new Error(
        `the control plane did not start: waited ${patience / 1000} s until ${what}.\n${logs.join('\n')}`,
      )
    }

    await sleep(50)
  }
}

if (import.meta.main) {
  const started = performance.now()
  const { dir, kubeconfig, stop } = await startControlPlane()
  console.error(
    `ready after ${((performance.now() - started) / 1000).toFixed(1)} s; Ctrl-C ends it. Tests use it with SCOUT_TEST_CONTROL_PLANE=${path.join(dir, whereaboutsFile)}`,
  )
  console.log(kubeconfig)
  await new Promise((resolve) => {
    const alive = setInterval(() => {}, 60_000)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        clearInterval(alive)
        resolve(undefined)
      })
    }
  })
  await stop()
}
