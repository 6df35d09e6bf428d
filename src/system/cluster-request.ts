import http from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Asked, Refusal, Reply } from '../core/effects/cluster.ts'
import { isObject, parseJson, printJson } from '../core/json.ts'
import { noLonger } from '../core/refusal.ts'
import type { Json } from '../core/json.ts'
import type { Access } from './cluster-access.ts'
import { passingFaults } from './passing-faults.ts'

/** How long is tried, in milliseconds: until the server has answered once, and after that. */
export interface Patience {
  first: number
  later: number
  /** How long a connection may be silent; longer than the API server's own 60 s. */
  silence: number
}

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query. */
  path: string
  asked: Asked
  accept?: string
  type?: string
  body?: Json
  /** Nothing comes of it but the answer: that a webhook is down is one. */
  isQuestion?: boolean
  /** The answer is text, not JSON. */
  asText?: boolean
  /** Not worth waiting for: it is not sent again, whatever comes of it. */
  once?: boolean
  /** Once this is aborted it is not sent (again), and an answer is not waited for. */
  until?: AbortSignal | undefined
}

interface Answer {
  status: number
  text: string
  retryAfter: number | undefined
}

const send = async (access: Access, request: Request, silence: number, renew: boolean): Promise<Answer> => {
  const { agent, headers, auth } = await access.credentials(renew)
  const content = request.body === undefined ? undefined : Buffer.from(printJson(request.body))
  const { until } = request
  until?.throwIfAborted()
  return await new Promise((resolve, reject) => {
    const outgoing = (access.target.protocol === 'https:' ? https : http).request(
      {
        ...access.target,
        path: access.base + request.path,
        method: request.method,
        agent,
        ...(auth === undefined ? {} : { auth }),
        headers: {
          ...headers,
          accept: request.accept ?? 'application/json',
          'user-agent': 'scout-apply',
          ...(content && {
            'content-type': request.type ?? 'application/json',
            'content-length': content.length,
          }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.once('error', reject)
        answer.once('end', () => {
          const after = Number(answer.headers['retry-after'])
          resolve({
            status: answer.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            retryAfter: Number.isFinite(after) ? after * 1000 : undefined,
          })
        })
      },
    )
    outgoing.setTimeout(silence, () =>
      outgoing.destroy(Object.assign(new Error(`no answer for ${silence / 1000} s`), { code: 'ETIMEDOUT' })),
    )
    outgoing.once('error', reject)
    if (until) {
      // What node:http does for a `signal` costs a tenth of the request.
      const stop = (): void => void outgoing.destroy(new Error('not waited for any longer'))
      until.addEventListener('abort', stop)
      outgoing.once('close', () => until.removeEventListener('abort', stop))
    }
    outgoing.end(content)
  })
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

const parsed = (from: string): Json | undefined => {
  try {
    return parseJson(from)
  } catch {
    return undefined
  }
}

/** Reads an answer that is no success: a Status as the API gives it, or whatever a proxy in between says. */
const refusalOf = (server: string, asked: Asked, answer: Answer): Refusal => {
  const body = parsed(answer.text)
  const status = isObject(body) && body['kind'] === 'Status' ? body : undefined
  const details = isObject(status?.['details']) ? status['details'] : {}
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isObject) : []
  return {
    asked,
    server,
    status: answer.status,
    reason: text(status?.['reason']),
    message: text(status?.['message']) || answer.text.slice(0, 500),
    causes: causes.map((one) => ({
      reason: text(one['reason']),
      field: text(one['field']),
      message: text(one['message']),
    })),
  }
}

/** Something that is no Kubernetes object, from something that is no API server: never to be taken for "not there". */
export const strange = (server: string, asked: Asked): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: {
    asked,
    server,
    status: 200,
    reason: 'NotKubernetes',
    message: 'what it answered is no Kubernetes object. Is there a proxy in between?',
    causes: [],
  },
})

/** What the API server says of an object that makes no sense (as a 500, in server-side apply): it won't make more sense later. */
const permanent = /^failed to (create typed patch object|convert new object)/

/** 500 is passing: etcd without a leader, a webhook that is down. */
const isPassing = ({ status, message }: Refusal): boolean =>
  status === 429 ||
  status === 502 ||
  status === 503 ||
  status === 504 ||
  (status === 500 && !permanent.test(message))

const isOfWebhook = ({ message }: Refusal): boolean => /failed calling webhook "/.test(message)

const networkRefusal = (access: Access, asked: Asked, error: unknown): Refusal => {
  // Several addresses of one name fail as an AggregateError, whose own message is empty.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const code = first instanceof Error && 'code' in first ? String(first.code) : ''
  const message = (first instanceof Error ? first.message : String(first)).trim().replace(/\.$/, '')
  return {
    asked,
    server: access.server,
    status: 0,
    reason: code,
    message: `${message} (access from ${access.source})`,
    causes: [],
  }
}

/** In place of whatever the server or the network said last. */
const whatIsLost = ({ reason }: AbortSignal) => ({
  status: 0,
  reason: noLonger,
  message: typeof reason === 'string' ? reason : '',
})

/**
 * Sends requests and reads JSON. What may pass is sent again with growing pauses (or the server's Retry-After) until the
 * deadline: 429, 5xx, refused and reset connections. A 401 is tried once more with renewed credentials.
 */
export const requester = (access: Access, patience: Patience) => {
  let answered = false
  return async (request: Request): Promise<Reply<Json>> => {
    const start = Date.now()
    let pause = 100
    let renewed = false
    for (;;) {
      const limit = answered ? patience.later : patience.first
      let refusal: Refusal
      let wait = pause
      let again: boolean
      try {
        const answer = await send(access, request, answered ? patience.silence : patience.first, renewed)
        answered = true
        if (answer.status >= 200 && answer.status < 300) {
          const value = request.asText === true ? answer.text : parsed(answer.text)
          if (value !== undefined) return { ok: true, value }
          refusal = { ...refusalOf(access.server, request.asked, answer), reason: 'NotJson' }
          again = false
        } else {
          refusal = refusalOf(access.server, request.asked, answer)
          const isAnswer = request.isQuestion === true && isOfWebhook(refusal)
          again =
            (isPassing(refusal) && !isAnswer && request.once !== true) || (answer.status === 401 && !renewed)
          renewed = answer.status === 401
          // A server that says 0 is not to be hammered either.
          wait = Math.max(answer.retryAfter ?? 0, pause)
        }
      } catch (error) {
        refusal = networkRefusal(access, request.asked, error)
        again = passingFaults.has(refusal.reason) && request.once !== true
      }
      if (request.until?.aborted) return { ok: false, refusal: { ...refusal, ...whatIsLost(request.until) } }
      if (!again || Date.now() - start + wait > limit) return { ok: false, refusal }
      await sleep(wait)
      pause = Math.min(pause * 2, 5000)
    }
  }
}
