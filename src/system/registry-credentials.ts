import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isObject, jsonOf } from '../core/json.ts'
import type { Json } from '../core/json.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { isMissing } from './missing.ts'

/** A login: a name with a password, or tokens that stand for both. Never shown, never part of a message. */
export interface Login {
  basic?: { user: string; password: string }
  /** Given to the token server in place of a password. */
  refreshToken?: string
  /** Given to the registry itself. */
  bearer?: string
}

/** Logins by registry, as docker, podman, helm and crane write them. */
export interface Credentials {
  /** The file that they are from; undefined where there is none. */
  file?: string
  /** There is no login in it. */
  isEmpty: boolean
  /** The login for a repository of a registry: of the longest entry that is the host, or the host and a part of the path. */
  loginFor(host: string, repository: string): Login | undefined
  /** The program that is to be asked for the login, and is not: its name, as the file has it. */
  helperFor(host: string): string | undefined
}

type Environment = { [name: string]: string | undefined }

/** Where docker and containers' tools keep logins; the first that is there is used. A file that a variable names must be there. */
const candidates = (environment: Environment): { file: string; named: boolean }[] => {
  const {
    REGISTRY_AUTH_FILE: named,
    DOCKER_CONFIG: folder,
    XDG_RUNTIME_DIR: runtime,
    HOME: home = homedir(),
  } = environment
  if (named) return [{ file: named, named: true }]
  return [
    ...(folder ? [{ file: join(folder, 'config.json'), named: false }] : []),
    ...(runtime ? [{ file: join(runtime, 'containers', 'auth.json'), named: false }] : []),
    { file: join(home, '.docker', 'config.json'), named: false },
  ]
}

const hub = 'docker.io'
const hubHosts = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])

/** `https://index.docker.io/v1/` is docker.io; a scheme and what docker puts behind a host are left out. */
const plainKey = (key: string): string => {
  const bare = key.replace(/^https?:\/\//, '').replace(/\/$/, '')
  const [host = '', ...path] = bare.split('/')
  if (hubHosts.has(host)) return [hub, ...path.filter((step) => step !== 'v1' && step !== 'v2')].join('/')
  return bare.replace(/\/v[12]$/, '')
}

const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const loginOf = (entry: Json): Login | undefined => {
  if (!isObject(entry)) return undefined
  const decoded = Buffer.from(text(entry['auth']) ?? '', 'base64').toString()
  const colon = decoded.indexOf(':')
  const user = colon > 0 ? decoded.slice(0, colon) : text(entry['username'])
  const password = colon > 0 ? decoded.slice(colon + 1) : text(entry['password'])
  const [refreshToken, bearer] = [text(entry['identitytoken']), text(entry['registrytoken'])]
  if (bearer !== undefined) return { bearer }
  if (refreshToken !== undefined) return { refreshToken }
  return user === undefined || password === undefined ? undefined : { basic: { user, password } }
}

const none: Credentials = { isEmpty: true, loginFor: () => undefined, helperFor: () => undefined }

const credentialsOf = (file: string, content: Json): Credentials | undefined => {
  if (!isObject(content)) return undefined
  const { auths = {}, credHelpers = {}, credsStore } = content
  if (!isObject(auths) || !isObject(credHelpers)) return undefined
  const logins = new Map(Object.entries(auths).map(([key, entry]) => [plainKey(key), loginOf(entry)]))
  const helpers = new Map(Object.entries(credHelpers).map(([key, name]) => [plainKey(key), text(name)]))
  const hostOf = (host: string): string => (hubHosts.has(host) ? hub : host)
  return {
    file,
    isEmpty: [...logins.values()].every((login) => login === undefined),
    loginFor: (host, repository) => {
      const steps = [hostOf(host), ...repository.split('/')]
      for (let length = steps.length; length > 0; length -= 1) {
        const login = logins.get(steps.slice(0, length).join('/'))
        if (login !== undefined) return login
      }
      return undefined
    },
    helperFor: (host) => helpers.get(hostOf(host)) ?? text(credsStore),
  }
}

/** No refusal: some CI systems, and Secrets that are mounted, know no better. */
const readable = (file: string): Problem =>
  problem({
    code: 'registry/readable',
    severity: 'warning',
    fault: 'world',
    what: `Others than you may read the logins in ${file}.`,
    where: [{ in: 'file', file }],
    fix: `Run: chmod 600 ${file}`,
  })

/**
 * The logins of the file that `REGISTRY_AUTH_FILE` names, else of docker's `config.json` or containers' `auth.json`; none where there is no file. What is
 * wrong with the file is told without a word of what it holds.
 */
export const readCredentials = async (environment: Environment): Promise<Outcome<Credentials>> => {
  for (const { file, named } of candidates(environment)) {
    let bytes: Uint8Array
    let mode: number
    try {
      bytes = await readFile(file)
      mode = (await stat(file)).mode
    } catch (error) {
      if (!named && isMissing(error)) continue
      const { message } = error as Error
      return bad([
        problem({
          code: 'registry/no-credentials',
          fault: 'world',
          what: `The file with the logins of registries, ${file}, cannot be read: ${message}.`,
          where: [{ in: 'file', file }],
          fix: named
            ? 'Correct the path: --credentials, or the variable that names it.'
            : 'Mend what the system says.',
        }),
      ])
    }
    const credentials = credentialsOf(file, jsonOf(bytes) ?? null)
    if (credentials === undefined)
      return bad([
        problem({
          code: 'registry/bad-credentials',
          fault: 'world',
          what: `${file} does not hold logins of registries as docker writes them.`,
          where: [{ in: 'file', file }],
          fix: 'Log in again with docker, podman, helm or crane, or write {"auths": {"HOST": {"auth": BASE64 OF NAME:PASSWORD}}}.',
        }),
      ])
    return good(credentials, credentials.isEmpty || (mode & 0o077) === 0 ? [] : [readable(file)])
  }
  return good(none)
}
