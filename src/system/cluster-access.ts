import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { urlToHttpOptions } from 'node:url'
import { YAMLException } from 'js-yaml'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { problem } from '../core/problem.ts'
import type { Problem } from '../core/problem.ts'

/** Connections at most; whoever asks for more at once waits. */
const mostSockets = 32

/** How often credentials are asked for anew: tokens in files and from plugins change while we run. */
const freshFor = 60_000

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token'
const k3sKubeconfig = '/etc/rancher/k3s/k3s.yaml'

/** What a request needs to be let in. */
interface Credentials {
  agent: http.Agent
  headers: http.OutgoingHttpHeaders
  auth?: string
}

export interface Access {
  server: string
  /** Where it is, as node:http takes it: protocol, host and port. */
  target: http.ClientRequestArgs
  /** What all paths begin with. */
  base: string
  /** Where it was read from, in words. */
  source: string
  /** Credentials as they are now; `renew` asks for them anew, after a 401. */
  credentials(renew?: boolean): Promise<Credentials>
  close(): void
}

/** Whom to speak for, where the credentials may (RBAC's `impersonate`). */
export interface Impersonated {
  user: string
  groups: string[]
}

export type Environment = { [name: string]: string | undefined }

type Source = { from: 'files'; files: string[] } | { from: 'cluster' }

/** The first that there is: the flag, KUBECONFIG, in-cluster, K3s, ~/.kube/config. */
const sourceOf = (flag: string | undefined, env: Environment): Source | undefined => {
  if (flag !== undefined) return { from: 'files', files: [flag] }
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')
  if (listed.length > 0) return { from: 'files', files: listed }
  if (env['KUBERNETES_SERVICE_HOST'] && existsSync(serviceAccountToken)) return { from: 'cluster' }
  const file = [k3sKubeconfig, join(env['HOME'] ?? homedir(), '.kube', 'config')].find((one) =>
    existsSync(one),
  )
  return file === undefined ? undefined : { from: 'files', files: [file] }
}

const refused = (what: string, fix: string, file?: string): { ok: false; problem: Problem } => ({
  ok: false,
  problem: problem({
    code: 'cluster/kubeconfig',
    fault: 'world',
    what,
    where: file === undefined ? [] : [{ in: 'file', file }],
    fix,
  }),
})

/** The reason alone where the YAML is broken: the whole message cites the lines around, and they may hold a token or a key. */
const messageOf = (error: unknown): string => {
  if (error instanceof YAMLException)
    return `${error.reason}${error.mark === undefined ? '' : ` in line ${error.mark.line + 1}`}`
  return (error instanceof Error ? error.message : String(error)).trim()
}

/** client-node is loaded only here and only its config: the whole of it costs more than all the rest of the program. */
const load = async (source: Source): Promise<KubeConfig> => {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js')
  const config = new KubeConfig()
  if (source.from === 'cluster') {
    config.loadFromCluster()
    return config
  }
  const [first, ...rest] = source.files as [string, ...string[]]
  config.loadFromFile(first)
  for (const file of rest) {
    const other = new KubeConfig()
    other.loadFromFile(file)
    config.mergeConfig(other, true)
  }
  return config
}

/** One agent for as long as the TLS material is the same, so that connections are kept. */
const agentKeeper = () => {
  let key = ''
  let agent: http.Agent | undefined
  return {
    agentFor(options: https.AgentOptions, secure: boolean): http.Agent {
      const wanted = createHash('sha256')
        .update(
          JSON.stringify([
            options.ca,
            options.cert,
            options.key,
            options.servername,
            options.rejectUnauthorized,
          ]),
        )
        .digest('hex')
      if (agent && key === wanted) return agent
      agent?.destroy()
      key = wanted
      const ours = { keepAlive: true, maxSockets: mostSockets, scheduling: 'lifo' } as const
      // Certificates and keys are read once, and not for each connection.
      agent = secure
        ? new https.Agent({ ...options, ...ours, secureContext: createSecureContext(options) })
        : new http.Agent(ours)
      return agent
    },
    close: () => agent?.destroy(),
  }
}

const tlsOptions = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'] as const

/**
 * Finds out how to reach a cluster and as whom: `kubeconfig`, else KUBECONFIG, else in-cluster, else K3s's own file,
 * else ~/.kube/config; `as`: it speaks for somebody else. Nothing is sent yet; a credential plugin first runs when credentials are asked for.
 */
export const findAccess = async (
  kubeconfig: string | undefined,
  env: Environment,
  as?: Impersonated,
): Promise<{ ok: true; access: Access } | { ok: false; problem: Problem }> => {
  const source = sourceOf(kubeconfig, env)
  if (source === undefined)
    return refused(
      'There is no kubeconfig: neither --kubeconfig nor KUBECONFIG is given, and none of the usual files is there.',
      `Name one with --kubeconfig; looked at ${k3sKubeconfig} and ~/.kube/config.`,
    )
  const words = source.from === 'cluster' ? 'in-cluster' : source.files.join(delimiter)
  const file = source.from === 'cluster' ? undefined : words
  const fix = 'Check the file with: kubectl config view --kubeconfig FILE.'
  let config: KubeConfig
  try {
    config = await load(source)
  } catch (error) {
    const missing = source.from === 'files' ? source.files.find((one) => !existsSync(one)) : undefined
    return missing === undefined
      ? refused(`The kubeconfig ${words} cannot be read: ${messageOf(error)}.`, fix, file)
      : refused(
          `There is no kubeconfig ${missing}.`,
          `Correct ${kubeconfig === undefined ? 'KUBECONFIG' : '--kubeconfig'}.`,
          missing,
        )
  }
  const cluster = config.getCurrentCluster()
  if (!cluster) return refused(`The kubeconfig ${words} has no cluster in its current context.`, fix, file)
  if (!URL.canParse(cluster.server))
    return refused(`The kubeconfig ${words} names a server that is no URL: ${cluster.server}.`, fix, file)

  const keeper = agentKeeper()
  let held: { credentials: Credentials; until: number } | undefined
  const credentials = async (renew = false): Promise<Credentials> => {
    if (held && !renew && Date.now() < held.until) return held.credentials
    const options: https.RequestOptions = {}
    await config.applyToHTTPSOptions(options)
    const tls = Object.fromEntries(
      tlsOptions.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
    )
    const agent = cluster.proxyUrl
      ? (options.agent as http.Agent)
      : keeper.agentFor(tls, cluster.server.startsWith('https:'))
    const found: Credentials = {
      agent,
      headers: {
        ...(options.headers as http.OutgoingHttpHeaders | undefined),
        ...(as && { 'impersonate-user': as.user }),
        ...(as && as.groups.length > 0 && { 'impersonate-group': as.groups }),
      },
      ...(options.auth ? { auth: options.auth } : {}),
    }
    held = { credentials: found, until: Date.now() + freshFor }
    return found
  }
  const { server } = cluster
  const { path, ...target } = urlToHttpOptions(new URL(server))
  const base = (path ?? '').replace(/\/$/, '')
  return { ok: true, access: { server, target, base, source: words, credentials, close: keeper.close } }
}
