import { request } from 'node:https'
import type { Agent } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { RefusalKind, RegistryRefusal } from '../core/effects/registry.ts'
import { isObject, jsonOf } from '../core/json.ts'
import { withoutAdvice } from './registry-trust.ts'
import { passingFaults } from './passing-faults.ts'

/** A refusal, and whether it may pass; `after`: how long the registry wants to be left alone, in milliseconds. */
export interface Setback {
  refusal: RegistryRefusal
  again: boolean
  after?: number
}

/** Thrown within the client alone: it never leaves `openRegistry`. */
export class SetBack extends Error {
  readonly setback: Setback
  constructor(setback: Setback) {
    super(setback.refusal.message)
    this.setback = setback
  }
}

/** Why something else than an answer came; `message` is ours, or a text without anything secret. */
export const setBack = (
  url: URL,
  kind: RefusalKind,
  message: string,
  more: Partial<Pick<RegistryRefusal, 'status' | 'code'>> & Partial<Pick<Setback, 'again' | 'after'>> = {},
): SetBack => {
  const { status = 0, code = '', again = false, after } = more
  const refusal = { kind, status, code, message, endpoint: url.origin }
  return new SetBack({ refusal, again, ...(after !== undefined && { after }) })
}

const certificateFaults =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT|ERR_SSL_CERT|INVALID_CA|PATH_LENGTH)/

const passing = new Set([...passingFaults, 'HPE_INVALID_CONSTANT'])

/** What the network says, in our words where its own could quote the address of a proxy, with the password in it. */
const fromNetwork = (url: URL, error: unknown): SetBack => {
  if (error instanceof SetBack) return error
  // Several addresses of one name fail as an AggregateError, whose own message is empty.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  const code = first instanceof Error && 'code' in first ? String(first.code) : ''
  const message = first instanceof Error ? first.message : String(first)
  if (certificateFaults.test(code)) return setBack(url, 'untrusted', withoutAdvice(message), { code })
  if (code.startsWith('ERR_PROXY'))
    return setBack(url, 'unreachable', 'the proxy that HTTPS_PROXY names does not let it through', { code })
  if (code === 'EPROTO' && message.includes('wrong version number'))
    return setBack(url, 'unreachable', 'it does not speak TLS; plain http is not used', { code })
  return setBack(url, 'unreachable', message, { code, again: passing.has(code) })
}

export interface Exchange {
  agent: Agent
  method: 'GET' | 'HEAD' | 'POST'
  headers: { [name: string]: string }
  /** How long a connection may be silent, in milliseconds. */
  silence: number
  body?: string
}

/** Sends one request and gives the answer, whose body is still to be read. */
export const exchange = (url: URL, { agent, method, headers, silence, body }: Exchange) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers: { ...headers, 'user-agent': 'scout' } }, resolve)
    outgoing.setTimeout(silence, () =>
      outgoing.destroy(Object.assign(new Error(`no answer for ${silence / 1000} s`), { code: 'ETIMEDOUT' })),
    )
    outgoing.once('error', (error) => reject(fromNetwork(url, error)))
    outgoing.end(body)
  })

/** Hands on each part of a body; one that ends early is told as damage. */
export const readParts = async (
  url: URL,
  answer: IncomingMessage,
  use: (part: Buffer) => void,
): Promise<void> => {
  try {
    for await (const part of answer as AsyncIterable<Buffer>) use(part)
  } catch (error) {
    if (error instanceof SetBack) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw setBack(url, 'damaged', `the answer broke off (${code || String(error)})`, { code, again: true })
  }
  if (!answer.complete) throw setBack(url, 'damaged', 'the answer broke off', { again: true })
}

/** A body of at most so many bytes, whole. */
export const readBody = async (url: URL, answer: IncomingMessage, most: number): Promise<Buffer> => {
  const tooLarge = (): SetBack => {
    answer.destroy()
    return setBack(url, 'too-large', `it has more than ${most} bytes`, { status: answer.statusCode ?? 0 })
  }
  if (Number(answer.headers['content-length']) > most) throw tooLarge()
  const parts: Buffer[] = []
  let bytes = 0
  await readParts(url, answer, (part) => {
    bytes += part.length
    if (bytes > most) throw tooLarge()
    parts.push(part)
  })
  return Buffer.concat(parts)
}

const mostOfAnError = 64 * 1024

const kindOf = (status: number): RefusalKind => {
  if (status === 401 || status === 403) return 'denied'
  if (status === 404) return 'gone'
  return status === 429 || status >= 500 ? 'busy' : 'refused'
}

/** `Retry-After` in milliseconds: seconds, or a date. */
const afterOf = (header: string | undefined): number | undefined => {
  if (header === undefined) return undefined
  const seconds = Number(header)
  const after = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(after) ? undefined : Math.max(0, after)
}

/** What an answer that is no success says: distribution's `{"errors": [{code, message}]}`, or nothing but its status. */
export const refused = async (url: URL, answer: IncomingMessage): Promise<SetBack> => {
  const status = answer.statusCode ?? 0
  const body = await readBody(url, answer, mostOfAnError).catch((error: unknown) => {
    if (!(error instanceof SetBack)) throw error
    return Buffer.alloc(0)
  })
  const content = jsonOf(body)
  const errors = isObject(content) && Array.isArray(content['errors']) ? content['errors'] : []
  const first = errors.find(isObject) ?? {}
  const [code, message] = [first['code'], first['message']].map((one) => (typeof one === 'string' ? one : ''))
  const after = afterOf(answer.headers['retry-after'])
  const kind = kindOf(status)
  const words = message || (code ? '' : (answer.statusMessage ?? ''))
  return setBack(url, kind, words === '' ? `it answers ${status}` : `it answers ${status}, "${words}"`, {
    status,
    code: code ?? '',
    again: kind === 'busy' && status !== 501,
    ...(after !== undefined && { after }),
  })
}

/** Addresses that mean the machine itself, or its cloud's metadata: who is elsewhere has no business to send anyone there. */
const isInner = (hostname: string): boolean => {
  const bare = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase()
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true
  if (isIP(bare) === 4) return /^(?:0|127|169\.254)\./.test(bare)
  return isIP(bare) === 6 && /^(?:::1?$|::ffff:|fe[89ab])/.test(bare)
}

/** The address that a registry sends one to, for a blob or for a token: https, and not an address of this machine, unless the registry is here itself. */
export const sentTo = (from: URL, to: string, what: string): URL => {
  let url: URL
  try {
    url = new URL(to, from)
  } catch {
    throw setBack(from, 'misleading', `it names an address for ${what} that is none`)
  }
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw setBack(
      from,
      'misleading',
      `it sends one to ${url.protocol}//${url.host} for ${what}, and only https is followed`,
    )
  if (isInner(url.hostname) && !isInner(from.hostname))
    throw setBack(from, 'misleading', `it sends one to ${url.host}, an address of this machine, for ${what}`)
  return url
}
