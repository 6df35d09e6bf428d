import { readFile } from 'node:fs/promises'
import https from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Certificate } from '../control-plane/certificates.ts'

/** What becomes of a request in place of being passed on; `truncate`: so many bytes of the body are, and then the connection breaks. */
export type Fault =
  | { status: number; headers?: { [name: string]: string }; body?: string | Buffer }
  | 'reset'
  /** There is never an answer. */
  | 'silence'
  | { truncate: number }
  | { tamper: true }

export interface Front {
  /** `127.0.0.1:PORT` */
  host: string
  /** `METHOD PATH` of each request, and the header by which it was authorised. */
  asked: { line: string; authorization: string | undefined }[]
  /** Asked of each request; undefined lets it through. */
  fault: (request: IncomingMessage) => Fault | undefined
  stop(): Promise<void>
}

interface ToFront {
  certificate: Certificate
  authority: Certificate
  /** The registry that stands behind it; none where all that is answered are faults. */
  behind?: string
  /** Harbor's project, which is taken off the path. */
  project?: string
}

/** A server with TLS in front of a registry, which does what registries and networks do on bad days. */
export const startFront = async ({ certificate, authority, behind, project }: ToFront): Promise<Front> => {
  const ca = await readFile(authority.cert)
  const agent = new https.Agent({ ca })
  const front: Front = {
    host: '',
    asked: [],
    fault: () => undefined,
    stop: async () => {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const server = https.createServer(
    { cert: await readFile(certificate.cert), key: await readFile(certificate.key) },
    (request, response) => {
      const { method, url = '/', headers } = request
      front.asked.push({ line: `${method} ${url}`, authorization: headers.authorization })
      const fault = front.fault(request)
      if (fault === 'silence') return
      if (fault === 'reset') return void request.socket.destroy()
      if (fault !== undefined && 'status' in fault)
        return void response.writeHead(fault.status, fault.headers).end(fault.body)
      const path = project === undefined ? url : url.replace(`/v2/${project}/`, '/v2/')
      const { accept, authorization } = headers
      const onward = https.request(
        `https://${behind}${path}`,
        { method, agent, headers: { ...(accept && { accept }), ...(authorization && { authorization }) } },
        (reply) => {
          response.writeHead(reply.statusCode ?? 502, reply.headers)
          if (fault === undefined) return void reply.pipe(response)
          const parts: Buffer[] = []
          reply.on('data', (part: Buffer) => parts.push(part))
          reply.once('end', () => {
            const body = Buffer.concat(parts)
            if ('truncate' in fault)
              return void response.write(body.subarray(0, fault.truncate), () => response.destroy())
            body[0] = (body[0] ?? 0) ^ 1
            response.end(body)
          })
        },
      )
      onward.once('error', () => response.writeHead(502).end())
      onward.end()
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  front.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return front
}
