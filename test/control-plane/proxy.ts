import { mkdtemp, readFile } from 'node:fs/promises'
import type http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { createServerCertificate } from './certificates.ts'
import type { ControlPlane } from './control-plane.ts'
import { redirectKubeconfig } from './kubeconfig.ts'

/** One request as it arrived; `at` is in milliseconds since 1970. */
export type ProxiedRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly at: number
}

/**
 * What becomes of one request. `refuse`: the connection ends before the API server hears of it. `swallow`: the API server has done it and
 * answered, `then` runs, and the connection ends before anybody has read the answer. `answer`: the proxy speaks in the server's place.
 */
export type Fate =
  | 'pass'
  | 'refuse'
  | { readonly swallow: () => void }
  | {
      readonly answer: {
        readonly status: number
        readonly headers?: http.OutgoingHttpHeaders
        readonly body: string
      }
    }

export type Proxy = {
  readonly url: string
  /** The admin's kubeconfig, by way of the proxy. */
  readonly kubeconfig: string
  /** A copy of a user's kubeconfig that goes by way of the proxy. */
  readonly redirect: (kubeconfig: string) => Promise<string>
  /** Everything that was asked since the start or the last reset, in the order of arrival. */
  readonly requests: readonly ProxiedRequest[]
  /** Those of the requests that may change what is stored: neither reads, nor dry runs, nor reviews (of access, of tokens), which are posted and not kept. */
  readonly mutating: () => ProxiedRequest[]
  /** Forgets the requests. */
  readonly reset: () => void
  /** From now on each request is asked for its fate; undefined: all pass. */
  readonly meddle: (fateOf: ((request: ProxiedRequest) => Fate | Promise<Fate>) | undefined) => void
  readonly stop: () => Promise<void>
}

/**
 * Starts a proxy in front of an API server that notes every request and passes it on; answers stream through, so
 * watches work (exec and port-forward do not: there is no kubelet to speak to anyway).
 *
 * Everybody stays who they are. A bearer token is passed on. Who comes with a client certificate is named to the API server in
 * the way that an aggregating API server does it (X-Remote-User), for which the proxy has a certificate of its own.
 */
export async function startProxy(controlPlane: ControlPlane): Promise<Proxy> {
  const dir = await mkdtemp(path.join(controlPlane.dir, 'proxy-'))
  const certificate = await createServerCertificate(dir, 'proxy', controlPlane.authority)
  const [ca, cert, key, frontCert, frontKey] = await Promise.all(
    [
      controlPlane.ca,
      certificate.cert,
      certificate.key,
      controlPlane.frontProxy.cert,
      controlPlane.frontProxy.key,
    ].map(async (file) => readFile(file)),
  )
  const asFrontProxy = new https.Agent({ keepAlive: true, ca: ca!, cert: frontCert!, key: frontKey! })
  const asNobody = new https.Agent({ keepAlive: true, ca: ca! })
  const requests: ProxiedRequest[] = []
  let fateOf: ((request: ProxiedRequest) => Fate | Promise<Fate>) | undefined

  const handle = async (incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> => {
    const target = new URL(incoming.url!, controlPlane.url)
    const request = {
      method: incoming.method!,
      path: target.pathname,
      query: target.searchParams,
      at: Date.now(),
    }
    requests.push(request)
    const fate = (await fateOf?.(request)) ?? 'pass'
    if (fate === 'refuse') {
      incoming.socket.destroy()
      return
    }

    if (fate !== 'pass' && 'answer' in fate) {
      const { status, headers = {}, body } = fate.answer
      incoming.resume().once('end', () => {
        outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
        outgoing.end(body)
      })
      return
    }

    const identity = identityOf(incoming.socket as TLSSocket)
    const headers = { ...withoutRemoteHeaders(incoming.headersDistinct), ...identity, host: target.host }
    const upstream = https.request(
      target,
      { method: incoming.method!, headers, agent: identity === undefined ? asNobody : asFrontProxy },
      (answer) => {
        if (fate !== 'pass') {
          answer.resume().once('end', () => {
            fate.swallow()
            incoming.socket.destroy()
          })
          return
        }

        // Raw, because several Warning headers must stay several.
        outgoing.writeHead(answer.statusCode!, answer.rawHeaders)
        // A watcher waits for the headers, long before the first event.
        outgoing.flushHeaders()
        answer.pipe(outgoing)
        answer.once('error', () => outgoing.destroy())
      },
    )
    upstream.once('error', (error) => {
      if (!outgoing.headersSent) {
        outgoing.writeHead(502)
      }

      outgoing.end(String(error))
    })
    // Ends a watch at the API server when the watcher has gone; what is to be swallowed reaches the server all the same.
    if (fate === 'pass') {
      outgoing.once('close', () => upstream.destroy())
    }

    incoming.pipe(upstream)
  }

  const server = https.createServer(
    { ca: ca!, cert: cert!, key: key!, requestCert: true, rejectUnauthorized: false },
    (incoming, outgoing) => void handle(incoming, outgoing),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  server.unref()
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const redirect = async (kubeconfig: string) => redirectKubeconfig(dir, kubeconfig, url)

  return {
    url,
    kubeconfig: await redirect(controlPlane.kubeconfig),
    redirect,
    requests,
    mutating: () => requests.filter(isMutating),
    reset() {
      requests.length = 0
    },
    meddle(meddler) {
      fateOf = meddler
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      asFrontProxy.destroy()
      asNobody.destroy()
      await closed
    },
  }
}

function identityOf(socket: TLSSocket): http.OutgoingHttpHeaders | undefined {
  if (!socket.authorized) {
    return undefined
  }

  const { CN, O = [] } = socket.getPeerCertificate().subject
  return { 'x-remote-user': CN, 'x-remote-group': O }
}

/** A client may not claim to be somebody by sending these itself. */
function withoutRemoteHeaders(headers: NodeJS.Dict<string[]>): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-remote-')))
}

/** Whether a request may change what is stored. */
export function isMutating({ method, path, query }: ProxiedRequest): boolean {
  const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(method)
  const isReview = /^\/apis\/(authorization|authentication)\.k8s\.io\//.test(path)
  return !isRead && !isReview && !query.getAll('dryRun').includes('All')
}
