import { readFile } from 'node:fs/promises'
import https from 'node:https'
import type { Certificate } from './certificates.ts'

/** What an API server answers has any shape, and a test that looks in the wrong place fails, which is what tests are for. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any

/** An API server's answer. `body` is what JSON.parse makes of `text`, or undefined where that is no JSON. */
export type Answer = { readonly status: number; readonly text: string; readonly body: Json }

/** What a request carries; an object as `body` is sent as JSON. */
export type Content = { readonly body?: unknown; readonly type?: string; readonly accept?: string }

export type Request = (method: string, path: string, content?: Content) => Promise<Answer>

/**
 * Makes a function that asks the API server at `url` anything, with a client certificate. It answers whatever
 * the status; only a server that cannot be reached is an error.
 */
export async function requester(url: string, ca: string, client: Certificate): Promise<Request> {
  const [caText, cert, key] = await Promise.all(
    [ca, client.cert, client.key].map(async (file) => readFile(file)),
  )
  const agent = new https.Agent({ keepAlive: true, ca: caText, cert, key })
  return async (method, path, { body, type = 'application/json', accept = 'application/json' } = {}) =>
    new Promise((resolve, reject) => {
      const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      const headers = {
        accept,
        ...(content !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(content) }),
      }
      const request = https.request(new URL(path, url), { method, agent, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({ status: response.statusCode ?? 0, text, body: parse(text) })
        })
      })
      request.once('error', reject)
      request.end(content)
    })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
