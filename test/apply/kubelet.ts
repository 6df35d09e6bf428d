import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServerCertificate } from '../control-plane/certificates.ts'
import type { ControlPlane } from '../control-plane/control-plane.ts'

/** What a container has written, by `NAMESPACE/POD-PREFIX/CONTAINER`, and whether it was in its last run. */
export interface Logs {
  now: string
  previous: string
}

/**
 * A Node of its own whose kubelet answers questions for logs as a real one does (`GET /containerLogs/NS/POD/CONTAINER`, kubernetes
 * `pkg/kubelet/server`), so that the API server itself is asked. Nothing is scheduled to it: a Pod names it. kwok makes its Pods run.
 */
export const startKubelet = async ({ request, authority }: ControlPlane, logs: Logs) => {
  const dir = await mkdtemp(path.join(tmpdir(), 'scout-kubelet-'))
  const { cert, key } = await createServerCertificate(dir, 'kubelet', authority)
  const asked: string[] = []
  const server = https.createServer(
    { cert: await readFile(cert), key: await readFile(key) },
    (incoming, outgoing) => {
      const url = new URL(incoming.url ?? '/', 'https://kubelet')
      asked.push(`${url.pathname}${url.search}`)
      const text = url.searchParams.get('previous') === 'true' ? logs.previous : logs.now
      if (text === '') {
        outgoing.writeHead(400).end('previous terminated container "app" in pod "x" not found')
        return
      }
      const lines = text.split('\n').slice(-Number(url.searchParams.get('tailLines')) - 1)
      outgoing.writeHead(200, { 'content-type': 'text/plain' }).end(lines.join('\n'))
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const name = `kubelet-${randomUUID().slice(0, 8)}`
  const node = `/api/v1/nodes/${name}`
  await request('POST', '/api/v1/nodes', {
    body: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      spec: { taints: [{ key: 'test.scout/kubelet', effect: 'NoSchedule' }] },
    },
  })
  const isReady = async (): Promise<boolean> =>
    (await request('GET', node)).body.status?.conditions?.some(
      (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
    )
  for (let left = 200; left > 0 && !(await isReady()); left--) await sleep(50)
  await request('PATCH', `${node}/status`, {
    type: 'application/merge-patch+json',
    body: {
      status: {
        addresses: [{ type: 'Hostname', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: (server.address() as AddressInfo).port } },
      },
    },
  })
  return {
    name,
    /** Paths and queries of all that it was asked. */
    asked,
    stop: async () => {
      await request('DELETE', node)
      server.closeAllConnections()
      server.close()
      await rm(dir, { recursive: true })
    },
  }
}
