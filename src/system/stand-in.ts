import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { printJson } from '../core/json.ts'
import type { StandIn, Visit } from '../core/effects/stand-in.ts'
import { answer } from '../core/stand-in/answer.ts'
import type { Lookup } from '../core/stand-in/answer.ts'
import type { Knowledge } from '../core/stand-in/knowledge.ts'

const send = (response: ServerResponse, status: number, type: string, body: unknown): void => {
  response.writeHead(status, { 'content-type': type }).end(printJson(body))
}

const failure = (code: number, reason: string, message: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason,
  message,
  code,
})

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

const resourcesPath = ({ apiVersion }: Lookup): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

/** Starts the one stand-in of a run. Whoever does not name the token of a visit gets 401, and whoever does not only read, 405. */
export const openStandIn = async (): Promise<StandIn> => {
  const visits = new Map<string, Visit & { knowledge: Knowledge; lastPath: string }>()

  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname } = new URL(request.url ?? '/', 'http://stand-in')
    const [, token = '', path = ''] = /^\/([^/]+)(\/.*)$/.exec(pathname) ?? []
    const visit = visits.get(token)
    if (visit === undefined)
      return send(
        response,
        401,
        'application/json',
        failure(401, 'Unauthorized', 'this stand-in does not know you'),
      )
    if (request.method !== 'GET')
      return send(
        response,
        405,
        'application/json',
        failure(405, 'MethodNotAllowed', 'this stand-in only reads'),
      )
    const answered = answer(visit.knowledge, path)
    if (answered.answer === 'unknown') {
      visit.unknown.push(answered.path)
      return send(
        response,
        501,
        'application/json',
        failure(501, 'InternalError', `nobody knows ${answered.path} here`),
      )
    }
    // A template's lookup learns first what the group version serves; helm's own questions, whether an object is there, do not.
    const { lookup } = answered
    if (lookup !== undefined && visit.lastPath === resourcesPath(lookup)) visit.lookups.push(lookup)
    visit.lastPath = path
    const type = path === '/api' || path === '/apis' ? aggregatedType : 'application/json'
    return send(response, answered.status, type, answered.body)
  }

  const server = createServer(respond)
  server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve).once('error', reject)
  })
  server.unref()
  const { port } = server.address() as AddressInfo

  return {
    visit: (knowledge) => {
      const token = randomBytes(24).toString('base64url')
      const name = 'stand-in'
      const kubeconfig = printJson({
        apiVersion: 'v1',
        kind: 'Config',
        // client-go sends no token where there is no TLS, but it keeps the path of the server's URL.
        clusters: [{ name, cluster: { server: `http://127.0.0.1:${port}/${token}` } }],
        users: [{ name, user: {} }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        'current-context': name,
      })
      const visit: Visit = { kubeconfig, lookups: [], unknown: [], end: () => visits.delete(token) }
      visits.set(token, Object.assign(visit, { knowledge, lastPath: '' }))
      return visit
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
