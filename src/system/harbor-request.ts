import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HarborRefusal, HarborReply } from '../core/effects/harbor.ts'
import { isObject, jsonOf, printJson } from '../core/json.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { withoutAdvice } from './registry-trust.ts'

export interface HarborAccess {
  /** Host, with its port where it is not 443. */
  host: string
  /** The certificates to believe, in PEM. */
  trusted: string[]
  /** Who asks: an administrator or a robot. */
  login?: { user: string; password: string }
  /** For the proxies that it names: HTTPS_PROXY, NO_PROXY. */
  environment: { [name: string]: string | undefined }
}

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  /** Below `/api/v2.0`, with the query. */
  path: string
  body?: JsonObject
  /** The path names a project, also where its name looks like an id. */
  byName?: true
}

/** An answer that was a success. */
export interface Answer {
  status: number
  /** Null where the body is empty. */
  body: Json
  headers: NodeJS.Dict<string | string[]>
}

/** Harbor's longest answers are pages of 100 robots or artifacts, some hundred kB. */
const mostBytes = 16 * 1024 * 1024

/** How long a connection may be silent: Harbor asks a new endpoint whether it answers before it does so itself. */
const silence = 60_000

/** Pauses before a question is asked again, in milliseconds. */
const pauses = [300, 1000, 3000]

/** The longest pause that a server is granted. */
const longestPause = 20_000

interface Received {
  status: number
  bytes: Uint8Array
  headers: NodeJS.Dict<string | string[]>
}

class TooLong extends Error {}

/** The header that goes with every request. */
const basicOf = ({ user, password }: NonNullable<HarborAccess['login']>): string =>
  Buffer.from(`${user}:${password}`).toString('base64')

/** A text without what must never be said: a server may echo what it was sent. */
const without = (login: HarborAccess['login'], text: string): string =>
  login === undefined ? text : text.replaceAll(basicOf(login), '***').replaceAll(login.password, '***')

const send = (
  access: HarborAccess,
  agent: https.Agent,
  { method, path, body, byName }: Request,
): Promise<Received> =>
  new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : Buffer.from(printJson(body))
    const { login } = access
    const outgoing = https.request(
      new URL(`https://${access.host}/api/v2.0${path}`),
      {
        method,
        agent,
        headers: {
          accept: 'application/json',
          'user-agent': 'scout',
          ...(byName && { 'x-is-resource-name': 'true' }),
          ...(login && { authorization: `Basic ${basicOf(login)}` }),
          ...(content && { 'content-type': 'application/json', 'content-length': content.length }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = []
        let length = 0
        answer.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length > mostBytes) answer.destroy(new TooLong())
          else chunks.push(chunk)
        })
        answer.once('error', reject)
        answer.once('close', () => {
          if (!answer.complete)
            reject(Object.assign(new Error('the answer broke off'), { code: 'ECONNRESET' }))
        })
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            bytes: Buffer.concat(chunks),
            headers: answer.headers,
          }),
        )
      },
    )
    outgoing.setTimeout(silence, () =>
      outgoing.destroy(Object.assign(new Error(`no answer for ${silence / 1000} s`), { code: 'ETIMEDOUT' })),
    )
    outgoing.once('error', reject)
    outgoing.end(content)
  })

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** Harbor's own words of an error: `{"errors":[{"code","message"}]}`; undefined where the answer has another shape. */
const errorOf = (body: Json | undefined): { code: string; message: string } | undefined => {
  if (!isObject(body) || !Array.isArray(body['errors'])) return undefined
  const [first] = body['errors'].filter(isObject)
  return first && { code: textOf(first['code']), message: textOf(first['message']) }
}

const strangeness = ({ status, headers }: Received): string => {
  const { location } = headers
  if (status >= 300 && status < 400 && typeof location === 'string')
    return `it answered ${status} and sent on to ${location.slice(0, 200)}; that is not followed, for the password would go there`
  return `it answered ${status} with ${textOf(headers['content-type'] as string) || 'no content type'}, which is nothing that Harbor says`
}

/** Asks Harbor. What only asks is sent again on 429 and 5xx, and where a connection was reset. */
export const requester = (access: HarborAccess) => {
  const server = `https://${access.host}`
  const agent = new https.Agent({
    keepAlive: true,
    maxSockets: 8,
    ca: access.trusted,
    proxyEnv: access.environment,
  })

  const refusedBy = (request: Request, received: Received): HarborRefusal => {
    const known = errorOf(jsonOf(received.bytes))
    return {
      asked: `${request.method} /api/v2.0${request.path}`,
      server,
      status: received.status,
      code: without(access.login, known?.code ?? 'NotHarbor').slice(0, 100),
      message: without(access.login, known?.message ?? strangeness(received)).slice(0, 500),
    }
  }

  const lost = (request: Request, error: unknown): HarborRefusal => {
    // Several addresses of one name fail as an AggregateError, whose own message is empty.
    const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
    const asked = `${request.method} /api/v2.0${request.path}`
    if (first instanceof TooLong)
      return {
        asked,
        server,
        status: 200,
        code: 'NotHarbor',
        message: `it answered with more than ${mostBytes / 1024 / 1024} MiB`,
      }
    const code = first instanceof Error && 'code' in first ? String(first.code) : ''
    // Node's own words cite the address of the proxy, with the password in it.
    if (code.startsWith('ERR_PROXY'))
      return {
        asked,
        server,
        status: 0,
        code,
        message: 'the proxy that HTTPS_PROXY names does not let it through',
      }
    const message = withoutAdvice((first instanceof Error ? first.message : String(first)).trim()).replace(
      /\.$/,
      '',
    )
    return { asked, server, status: 0, code, message }
  }

  const once = async (request: Request): Promise<{ reply: HarborReply<Answer>; after: number }> => {
    try {
      const received = await send(access, agent, request)
      const { status, headers, bytes } = received
      const after = Number(headers['retry-after'] ?? 0) * 1000 || 0
      const body = bytes.length === 0 ? null : jsonOf(bytes)
      if (status >= 200 && status < 300 && body !== undefined)
        return { reply: { ok: true, value: { status, body, headers } }, after }
      return { reply: { ok: false, refusal: refusedBy(request, received) }, after }
    } catch (error) {
      return { reply: { ok: false, refusal: lost(request, error) }, after: 0 }
    }
  }

  const isPassing = ({ status, code }: HarborRefusal): boolean =>
    status === 429 || status >= 500 || (status === 0 && code === 'ECONNRESET')

  return {
    server,
    close: () => agent.destroy(),
    ask: async (request: Request): Promise<HarborReply<Answer>> => {
      for (const pause of pauses) {
        const { reply, after } = await once(request)
        if (reply.ok || request.method !== 'GET' || !isPassing(reply.refusal)) return reply
        await sleep(Math.min(Math.max(after, pause), longestPause))
      }
      return (await once(request)).reply
    },
  }
}
