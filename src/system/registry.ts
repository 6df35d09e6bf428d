import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { Agent } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'
import type { FetchedManifest, Registry, RegistryPlace, RegistryReply } from '../core/effects/registry.ts'
import { isObject, jsonOf } from '../core/json.ts'
import { indexTypes, manifestTypes } from '../core/registry/manifest.ts'
import type { Credentials } from './registry-credentials.ts'
import { openLogins } from './registry-login.ts'
import { SetBack, exchange, readBody, readParts, refused, sentTo, setBack } from './registry-request.ts'

/** How long is tried again; times in milliseconds. */
export interface RegistryPatience {
  /** How often at most: as long as a host has never answered, and after that. */
  first: number
  later: number
  /** The first pause, which doubles; and all of them together. */
  pause: number
  longest: number
  /** How long a connection may be silent. */
  silence: number
}

const patient: RegistryPatience = { first: 3, later: 7, pause: 500, longest: 180_000, silence: 60_000 }

export interface RegistryOptions {
  /** Certificates of CAs, in PEM form: `trustedCertificates`. */
  ca: string[]
  credentials: Credentials
  /** Where HTTPS_PROXY and NO_PROXY are looked for. */
  environment: { [name: string]: string | undefined }
  /** Hears what a careful person wants to know: where logins go. */
  tell: (words: string) => void
  patience?: RegistryPatience
}

/** As distribution has it: what is larger is no manifest. */
const mostOfAManifest = 4 * 1024 * 1024
const mostRedirects = 5
const redirects = [301, 302, 303, 307, 308]
const accepted = [...indexTypes, ...manifestTypes].join(', ')
const digestForm = /^sha(?:256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128})$/

/** The kind of a digest; of what is none, the usual one. */
const kindOf = (digest: string): string =>
  digestForm.test(digest) ? digest.slice(0, digest.indexOf(':')) : 'sha256'

const hashFor = (digest: string): Hash => createHash(kindOf(digest))

const digestWith = (hash: Hash, like: string): string => `${kindOf(like)}:${hash.digest('hex')}`

const noAddress = (host: string): SetBack =>
  new SetBack({
    refusal: {
      kind: 'unreachable',
      status: 0,
      code: '',
      message: 'that is no address',
      endpoint: `https://${host}`,
    },
    again: false,
  })

const longestMessage = 600
const shortened = (text: string): string =>
  text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text

const mediaTypeOf = (answer: IncomingMessage): string =>
  (answer.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()

/** The media type of a manifest, by its header or by its own field; Docker's schema 1 and what is no manifest are refused. */
const manifestType = (url: URL, header: string, bytes: Uint8Array): string => {
  const content = jsonOf(bytes)
  const own = isObject(content) ? content['mediaType'] : undefined
  if (isObject(content) && content['schemaVersion'] === 1)
    throw setBack(
      url,
      'unsupported',
      "it has the image only in Docker's old form (schema 1), which no runtime of today takes",
    )
  const type = [...indexTypes, ...manifestTypes].includes(header)
    ? header
    : typeof own === 'string'
      ? own
      : header
  if (typeof own === 'string' && own !== type)
    throw setBack(
      url,
      'unsupported',
      `it calls the manifest ${header}, and the manifest itself ${own.slice(0, 100)}`,
    )
  if (![...indexTypes, ...manifestTypes].includes(type))
    throw setBack(
      url,
      'unsupported',
      `it answers with ${type === '' ? 'something without a media type' : type.slice(0, 100)}, which is no image`,
    )
  return type
}

/**
 * Registries by the OCI distribution protocol (github.com/opencontainers/distribution-spec). Always TLS. Redirects are followed without the login where they
 * lead to another host. Nothing is thrown for what a server or a network does.
 */
export const openRegistry = ({
  ca,
  credentials,
  environment,
  tell,
  patience = patient,
}: RegistryOptions): Registry & { close(): void } => {
  // One for all connections: to read some hundred certificates takes its time.
  const secureContext = createSecureContext({ ca })
  const agent = new Agent({ keepAlive: true, maxSockets: 16, secureContext, proxyEnv: environment })
  const { silence } = patience
  const logins = openLogins({ agent, silence, credentials, tell })
  const answered = new Set<string>()

  /** The answer to a request, redirects followed; its status is 200. */
  const ask = async (
    { host, repository }: RegistryPlace,
    method: 'GET' | 'HEAD',
    path: string,
    accept: string,
  ): Promise<{ url: URL; answer: IncomingMessage }> => {
    const text = `https://${host}/v2/${repository}/${path}`
    // 256.0.0.1, or port 99999: a host by its form, and no address.
    if (!URL.canParse(text)) throw noAddress(host)
    const home = new URL(text)
    let url = home
    let fresh = false
    let used = await logins.known(home, repository)
    for (let hops = 0; ;) {
      const authorization = url.origin === home.origin ? used : undefined
      const headers = { accept, ...(authorization !== undefined && { authorization }) }
      const answer = await exchange(url, { agent, method, headers, silence })
      answered.add(host)
      const status = answer.statusCode ?? 0
      if (status === 200) return { url, answer }
      const { location } = answer.headers
      if (status === 401 && !fresh && url === home) {
        answer.resume()
        used = await logins.renewed(home, repository, answer, used)
        fresh = true
      } else if (redirects.includes(status) && location !== undefined) {
        answer.resume()
        hops += 1
        if (hops > mostRedirects) throw setBack(home, 'misleading', 'it sends one from address to address')
        url = sentTo(url, location, 'a blob')
      } else throw await refused(url, answer)
    }
  }

  const patiently = async <T>(host: string, attempt: () => Promise<T>): Promise<RegistryReply<T>> => {
    let { pause } = patience
    let waited = 0
    for (let tries = 1; ; tries += 1) {
      try {
        return { ok: true, value: await attempt() }
      } catch (error) {
        if (!(error instanceof SetBack)) throw error
        const { refusal, again, after } = error.setback
        const wait = Math.max(after ?? 0, pause)
        const most = answered.has(host) ? patience.later : patience.first
        if (!again || tries >= most || waited + wait > patience.longest) {
          const words =
            after === undefined ? '' : `, and wants to be left alone for ${Math.ceil(after / 1000)} s`
          const { message, code } = refusal
          return {
            ok: false,
            refusal: {
              ...refusal,
              // Shortened after that: half a secret is not found.
              message: shortened(logins.withoutSecrets(`${message}${words}`)),
              code: shortened(logins.withoutSecrets(code)),
            },
          }
        }
        await sleep(wait)
        waited += wait
        pause = Math.min(pause * 2, 15_000)
      }
    }
  }

  const getManifest = async (place: RegistryPlace): Promise<FetchedManifest> => {
    const { url, answer } = await ask(place, 'GET', `manifests/${place.reference}`, accepted)
    const bytes = await readBody(url, answer, mostOfAManifest)
    const told = answer.headers['docker-content-digest']
    const digestLike = (like: string): string => digestWith(hashFor(like).update(bytes), like)
    const wanted = digestForm.test(place.reference) ? place.reference : told
    if (typeof wanted === 'string' && digestLike(wanted) !== wanted)
      throw setBack(
        url,
        'damaged',
        `the manifest's digest is ${digestLike(wanted)} instead of ${wanted.slice(0, 150)}`,
        { again: true },
      )
    // A tag is told by the usual kind of digest, whatever kind the registry has.
    const digest = digestLike(place.reference)
    return { digest, mediaType: manifestType(url, mediaTypeOf(answer), bytes), bytes }
  }

  /** Reads a blob, whose digest and size must be as they are told. */
  const getBlob = async (
    place: RegistryPlace,
    size: number,
    use: (part: Buffer) => void,
  ): Promise<number> => {
    const { url, answer } = await ask(place, 'GET', `blobs/${place.reference}`, '*/*')
    const hash = hashFor(place.reference)
    let bytes = 0
    const wrongSize = (): SetBack => {
      answer.destroy()
      return setBack(
        url,
        'damaged',
        `the blob ${place.reference} is not of the ${size} bytes that its manifest says`,
        {
          again: true,
        },
      )
    }
    await readParts(url, answer, (part) => {
      bytes += part.length
      if (bytes > size) throw wrongSize()
      hash.update(part)
      use(part)
    })
    if (bytes < size) throw wrongSize()
    const digest = digestWith(hash, place.reference)
    if (digest !== place.reference)
      throw setBack(url, 'damaged', `what comes for the blob ${place.reference} has the digest ${digest}`, {
        again: true,
      })
    return bytes
  }

  return {
    manifest: (place) => patiently(place.host, () => getManifest(place)),
    digestOf: (place) =>
      patiently(place.host, async () => {
        const { answer } = await ask(place, 'HEAD', `manifests/${place.reference}`, accepted)
        answer.resume()
        const digest = answer.headers['docker-content-digest']
        return typeof digest === 'string' &&
          digestForm.test(digest) &&
          kindOf(digest) === kindOf(place.reference)
          ? digest
          : (await getManifest(place)).digest
      }),
    blob: async (place, size) =>
      patiently(place.host, async () => {
        const url = new URL(`https://${place.host}`)
        if (size > mostOfAManifest) throw setBack(url, 'too-large', `its config has ${size} bytes`)
        const parts: Buffer[] = []
        await getBlob(place, size, (part) => parts.push(part))
        return Buffer.concat(parts)
      }),
    pull: async (place, size, heard) =>
      patiently(place.host, async () => {
        let bytes = 0
        try {
          await getBlob(place, size, (part) => {
            bytes += part.length
            heard(part.length)
          })
        } catch (error) {
          heard(-bytes)
          throw error
        }
        return { bytes }
      }),
    close: () => agent.destroy(),
  }
}
