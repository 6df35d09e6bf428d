import type { Agent } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { isObject, jsonOf } from '../core/json.ts'
import { parseChallenges } from '../core/registry/challenge.ts'
import type { Challenge } from '../core/registry/challenge.ts'
import type { Credentials, Login } from './registry-credentials.ts'
import { exchange, readBody, refused, sentTo, setBack } from './registry-request.ts'

export interface LoginSystem {
  agent: Agent
  silence: number
  credentials: Credentials
  /** Hears of each address that tokens are fetched from, once: a login goes there. */
  tell: (words: string) => void
}

/** How requests to registries are authorised, repository by repository. */
export interface Logins {
  /** The header that was good before. */
  known(url: URL, repository: string): Promise<string | undefined>
  /** A header that answers the challenges of a 401; `used` is the one that was not good enough. Throws SetBack where there is none. */
  renewed(url: URL, repository: string, answer: IncomingMessage, used: string | undefined): Promise<string>
  /** A text of a server without what was ever given to one: some repeat it in their errors. */
  withoutSecrets(text: string): string
}

const mostOfAToken = 1024 * 1024

const basicHeader = ({ user, password }: NonNullable<Login['basic']>): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const oneLine = /^[\x21-\x7e]+$/

/**
 * Logins by what registries ask for: basic, or a token of the server that they name, by distribution's token authentication (a GET with the login, or for
 * a refresh token OAuth 2's POST). A token is for pulling one repository; it is used until it is refused.
 */
export const openLogins = ({ agent, silence, credentials, tell }: LoginSystem): Logins => {
  const kept = new Map<string, Promise<string>>()
  const told = new Set<string>()
  const secrets = new Set<string>()

  const lacking = (url: URL): string => {
    const helper = credentials.helperFor(url.host)
    if (helper !== undefined)
      return `it wants a login, and ${credentials.file} leaves it to docker-credential-${helper}, which is not asked`
    return credentials.file === undefined
      ? 'it wants a login, and there is no file with one'
      : `it wants a login, and ${credentials.file} has none for ${url.host}`
  }

  const tokenFrom = async (
    url: URL,
    repository: string,
    { parameters }: Challenge,
    login: Login | undefined,
  ): Promise<string> => {
    const realm = sentTo(url, parameters.get('realm') ?? '', 'a token')
    if (!told.has(realm.origin)) tell(`${url.host} wants a token from ${realm.origin}`)
    told.add(realm.origin)
    const service = parameters.get('service') ?? ''
    const scope = `repository:${repository}:pull`
    const form = new URLSearchParams({ ...(service !== '' && { service }), scope })
    const asks = { agent, silence }
    let answer: IncomingMessage
    if (login?.refreshToken === undefined) {
      for (const [name, value] of form) realm.searchParams.set(name, value)
      const headers = login?.basic ? { authorization: basicHeader(login.basic) } : {}
      answer = await exchange(realm, { ...asks, method: 'GET', headers })
    } else {
      form.set('grant_type', 'refresh_token')
      form.set('client_id', 'scout')
      form.set('refresh_token', login.refreshToken)
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      answer = await exchange(realm, { ...asks, method: 'POST', headers, body: form.toString() })
    }
    if (answer.statusCode !== 200) throw await refused(realm, answer)
    const content = jsonOf(await readBody(realm, answer, mostOfAToken))
    const token = isObject(content) ? (content['token'] ?? content['access_token']) : undefined
    if (typeof token !== 'string' || !oneLine.test(token))
      throw setBack(realm, 'refused', 'it answers without a token', { status: 200 })
    return `Bearer ${token}`
  }

  const loggedIn = async (url: URL, repository: string, header: string): Promise<string> => {
    const challenges = parseChallenges(header)
    const login = credentials.loginFor(url.host, repository)
    const basic = login?.basic && basicHeader(login.basic).slice('Basic '.length)
    for (const secret of [basic, login?.basic?.password, login?.refreshToken, login?.bearer])
      if (secret !== undefined) secrets.add(secret)
    if (login?.bearer !== undefined && !oneLine.test(login.bearer))
      throw setBack(url, 'denied', `the registrytoken in ${credentials.file} is none`, { status: 401 })
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
    if (bearer !== undefined)
      return login?.bearer === undefined
        ? await tokenFrom(url, repository, bearer, login)
        : `Bearer ${login.bearer}`
    if (!challenges.some(({ scheme }) => scheme === 'basic'))
      throw setBack(url, 'denied', 'it wants a login of a kind that is not known here', { status: 401 })
    if (login?.basic === undefined) throw setBack(url, 'denied', lacking(url), { status: 401 })
    return basicHeader(login.basic)
  }

  const keyOf = (url: URL, repository: string): string => `${url.host}/${repository}`

  return {
    known: async (url, repository) => {
      const key = keyOf(url, repository)
      // Who began to log in hears of it if that fails.
      return await kept.get(key)?.catch(() => undefined)
    },
    renewed: async (url, repository, answer, used) => {
      const key = keyOf(url, repository)
      const pending = kept.get(key)
      if (pending !== undefined) {
        const current = await pending
        if (current !== used) return current
        if (kept.get(key) !== pending) return await (kept.get(key) ?? pending)
      }
      const made = loggedIn(url, repository, answer.headers['www-authenticate'] ?? '')
      kept.set(key, made)
      void made.then(
        (header) => secrets.add(header.slice(header.indexOf(' ') + 1)),
        () => {},
      )
      made.catch(() => kept.delete(key))
      return await made
    },
    withoutSecrets: (text) =>
      [...secrets].reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '…')), text),
  }
}
