import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { openContract } from './contract.ts'

type Fields = { [key: string]: unknown }

interface Endpoint {
  id: number
  name: string
  type: string
  url: string
  insecure: boolean
  description: string
}
interface Project {
  project_id: number
  name: string
  registry_id: number
  metadata: { [key: string]: string }
  storage: number | undefined
}
interface Robot {
  id: number
  name: string
  project: number
  description: string
  level: string
  duration: number
  disable: boolean
  permissions: Fields[]
  secret: string
}

/** A body: what must be in it, and what may. */
type Sent<T, K extends keyof T> = Pick<T, K> & Partial<Omit<T, K>>

/** What Harbor keeps; tests may put into it what "somebody else" made. */
export interface State {
  endpoints: Endpoint[]
  projects: Project[]
  retentions: { id: number; policy: Fields }[]
  labels: { id: number; name: string; description: string; scope: string }[]
  robots: Robot[]
  /** `PROJECT/REPOSITORY@DIGEST` */
  artifacts: Set<string>
  /** URLs of upstreams that do not answer Harbor. */
  away: Set<string>
  components: { name: string; status: string; error?: string }[]
}

/** Does something else than Harbor would, or lets it go on (false). `after`: the request has been carried out, and the answer is not yet sent. */
type Interference = (
  request: { method: string; url: string; change: number },
  response: ServerResponse,
  when: 'before' | 'after',
) => boolean

export interface HarborServer {
  host: string
  state: State
  /** All requests that came: `POST /api/v2.0/projects`. */
  requests: string[]
  /** Where requests or answers are not as Harbor's description says. */
  faults: string[]
  interfere: (with_: Interference) => void
  /** May be called twice. */
  close: () => Promise<void>
}

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export const administrator = { user: 'admin', password: 'Not-Harbor12345' }

const made = '2026-08-21T05:58:10.000Z'

const readAll = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/**
 * A server that behaves as Harbor's source says (github.com/goharbor/harbor at c50c7ddd6e: src/server/v2.0/handler, src/controller/{registry,robot}), of
 * those operations that scout uses. Every exchange is held against Harbor's description of its API.
 */
export const startHarbor = async (certificate: { cert: string; key: string }): Promise<HarborServer> => {
  const judge = await openContract()
  const state: State = {
    endpoints: [],
    projects: [],
    retentions: [],
    labels: [],
    robots: [],
    artifacts: new Set(),
    away: new Set(),
    components: ['core', 'database', 'registry'].map((name) => ({ name, status: 'healthy' })),
  }
  let interference: Interference = () => false
  const requests: string[] = []
  const faults: string[] = []
  let ids = 100
  let changes = 0

  const newId = (): number => (ids += 1)
  const refuse = (status: number, code: string, message: string): never => {
    throw new Refusal(status, code, message)
  }

  const projectNamed = (text: string, byName: boolean): Project | undefined =>
    state.projects.find((one) =>
      !byName && /^\d+$/.test(text) ? one.project_id === Number(text) : one.name === text,
    )

  const policyOfDays = (project: number, days: number): Fields => ({
    algorithm: 'or',
    rules: [
      {
        id: 1,
        priority: 1,
        action: 'retain',
        template: 'nDaysSinceLastPull',
        params: { nDaysSinceLastPull: days },
        tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: '**' }],
        scope_selectors: {
          repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }],
        },
      },
    ],
    trigger: { kind: 'Schedule', settings: { cron: '0 0 0 * * *' } },
    scope: { level: 'project', ref: project },
  })

  const shownProject = ({ project_id, name, registry_id, metadata }: Project): Fields => ({
    project_id,
    name,
    owner_id: 1,
    owner_name: 'admin',
    creation_time: made,
    update_time: made,
    current_user_role_id: 1,
    current_user_role_ids: [1],
    repo_count: 0,
    metadata,
    cve_allowlist: { id: project_id, project_id, items: [], creation_time: made, update_time: made },
    // Go leaves out what is zero.
    ...(registry_id > 0 && { registry_id }),
  })

  /** Harbor puts the prefix of its configuration before every name that it shows. */
  const shownRobot = ({ secret: _secret, project: _project, ...robot }: Robot): Fields => ({
    ...robot,
    name: `robot$${robot.name}`,
    editable: true,
    expires_at: -1,
    creator_type: 'local',
    creator_ref: 1,
    creation_time: made,
    update_time: made,
  })

  const requireUpstream = (url: string): void => {
    if (state.away.has(url)) refuse(400, 'BAD_REQUEST', 'the registry is unhealthy')
  }

  const checkPermissions = (level: string, permissions: Fields[]): void => {
    if (permissions.length === 0) refuse(400, 'BAD_REQUEST', 'bad request empty permission')
    if (level === 'project' && permissions.length > 1) refuse(400, 'BAD_REQUEST', 'bad request permission')
    for (const { namespace } of permissions)
      if (projectNamed(String(namespace), true) === undefined)
        refuse(404, 'NOT_FOUND', `project ${String(namespace)} not found`)
  }

  type Asked = { path: string[]; query: URLSearchParams; body: Fields; byName: boolean }
  type Answer = { status: number; body?: unknown; total?: number }

  const page = (all: unknown[], query: URLSearchParams): Answer => {
    const size = Number(query.get('page_size') ?? 10)
    const at = Number(query.get('page') ?? 1)
    if (size > 100)
      refuse(422, 'UNPROCESSABLE_ENTITY', 'page_size in query should be less than or equal to 100')
    return { status: 200, body: all.slice((at - 1) * size, at * size), total: all.length }
  }

  const operations: { [name: string]: (asked: Asked) => Answer } = {
    'GET registries': ({ query }) =>
      page(
        state.endpoints.map((one) => ({ ...one, status: 'healthy', creation_time: made, update_time: made })),
        query,
      ),
    'POST registries': ({ body }) => {
      const {
        name,
        type,
        url,
        insecure = false,
        description = '',
      } = body as unknown as Sent<Endpoint, 'name' | 'type' | 'url'>
      if (name === '') refuse(400, 'BAD_REQUEST', 'name cannot be empty')
      if (name.length > 64) refuse(400, 'BAD_REQUEST', 'the max length of name is 64')
      requireUpstream(url)
      if (state.endpoints.some((one) => one.name === name))
        refuse(409, 'CONFLICT', `registry ${name} already exists`)
      state.endpoints.push({ id: newId(), name, type, url, insecure, description })
      return { status: 201 }
    },
    'PUT registries/*': ({ path, body }) => {
      const endpoint = state.endpoints.find(({ id }) => id === Number(path[1]))
      if (endpoint === undefined) return refuse(404, 'NOT_FOUND', `registry ${path[1]} not found`)
      requireUpstream(typeof body['url'] === 'string' ? body['url'] : endpoint.url)
      Object.assign(endpoint, body)
      return { status: 200 }
    },
    'POST projects': ({ body }) => {
      const { project_name: name, metadata, storage_limit: storage } = body
      const registry = Number(body['registry_id'] ?? 0)
      if (registry > 0 && !state.endpoints.some(({ id }) => id === registry))
        refuse(500, 'UNKNOWN', 'internal server error')
      if (state.projects.some((one) => one.name === name))
        refuse(409, 'CONFLICT', `The project named ${String(name)} already exists`)
      const project: Project = {
        project_id: newId(),
        name: String(name),
        registry_id: registry,
        metadata: { public: 'false', ...(metadata as { [key: string]: string }) },
        storage: typeof storage === 'number' && storage !== 0 ? storage : -1,
      }
      state.projects.push(project)
      if (registry > 0) {
        const id = newId()
        state.retentions.push({ id, policy: policyOfDays(project.project_id, 7) })
        project.metadata['retention_id'] = String(id)
      }
      return { status: 201 }
    },
    'GET projects/*': ({ path, byName }) => {
      const project = projectNamed(decodeURIComponent(path[1] ?? ''), byName)
      return project === undefined
        ? refuse(404, 'NOT_FOUND', `project ${path[1]} not found`)
        : { status: 200, body: shownProject(project) }
    },
    'PUT projects/*': ({ path, byName, body }) => {
      const project = projectNamed(decodeURIComponent(path[1] ?? ''), byName)
      if (project === undefined) return refuse(404, 'NOT_FOUND', `project ${path[1]} not found`)
      Object.assign(project.metadata, body['metadata'])
      return { status: 200 }
    },
    'GET projects/*/repositories/*/artifacts/*': ({ path }) => {
      // The router takes one layer of the encoding off, and the handler the other.
      const repository = decodeURIComponent(decodeURIComponent(path[3] ?? ''))
      const digest = decodeURIComponent(path[5] ?? '')
      const name = `${path[1]}/${repository}`
      return (path[3] ?? '').includes('%2F') || !state.artifacts.has(`${name}@${digest}`)
        ? refuse(404, 'NOT_FOUND', `artifact ${name}@${digest} not found`)
        : {
            status: 200,
            body: {
              id: 1,
              type: 'IMAGE',
              digest,
              size: 4711,
              media_type: 'application/vnd.oci.image.config.v1+json',
              manifest_media_type: 'application/vnd.oci.image.manifest.v1+json',
              push_time: made,
              pull_time: made,
              references: [],
              tags: [],
              labels: [],
            },
          }
    },
    'GET labels': ({ query }) => {
      if (query.get('scope') !== 'g') refuse(400, 'BAD_REQUEST', `invalid scope: ${query.get('scope')}`)
      const part = query.get('name') ?? ''
      return page(
        state.labels
          .filter(({ name }) => name.includes(part))
          .map((one) => ({ ...one, color: '', creation_time: made, update_time: made })),
        query,
      )
    },
    'POST labels': ({ body }) => {
      const { name, description, scope } = body as { [key: string]: string }
      if (state.labels.some((one) => one.name === name))
        refuse(409, 'CONFLICT', `label ${name} already exists`)
      state.labels.push({ id: newId(), name: name ?? '', description: description ?? '', scope: scope ?? '' })
      return { status: 201 }
    },
    'POST retentions': ({ body }) => {
      const project = state.projects.find(({ project_id }) => project_id === (body['scope'] as Fields)['ref'])
      if (project === undefined) return refuse(400, 'BAD_REQUEST', 'invalid Project id')
      if (project.metadata['retention_id'] !== undefined)
        refuse(400, 'BAD_REQUEST', `project ${project.project_id} already has retention policy`)
      const id = newId()
      state.retentions.push({ id, policy: body })
      project.metadata['retention_id'] = String(id)
      return { status: 201 }
    },
    'GET retentions/*': ({ path }) => {
      const found = state.retentions.find(({ id }) => id === Number(path[1]))
      return found === undefined
        ? refuse(500, 'UNKNOWN', 'internal server error')
        : { status: 200, body: { ...found.policy, id: found.id } }
    },
    'PUT retentions/*': ({ path, body }) => {
      const found = state.retentions.find(({ id }) => id === Number(path[1]))
      if (found === undefined) return refuse(500, 'UNKNOWN', 'internal server error')
      found.policy = body
      return { status: 200 }
    },
    'GET quotas': ({ query }) =>
      page(
        state.projects
          .filter(
            (one) =>
              one.storage !== undefined &&
              query.get('reference') === 'project' &&
              query.get('reference_id') === String(one.project_id),
          )
          .map(({ project_id, name, storage }) => ({
            id: project_id + 1000,
            ref: { id: project_id, name, owner_name: 'admin' },
            hard: { storage },
            used: { storage: 0 },
            creation_time: made,
            update_time: made,
          })),
        query,
      ),
    'PUT quotas/*': ({ path, body }) => {
      const project = state.projects.find(({ project_id }) => project_id + 1000 === Number(path[1]))
      if (project === undefined) return refuse(404, 'NOT_FOUND', `quota ${path[1]} not found`)
      project.storage = (body['hard'] as { storage: number }).storage
      return { status: 200 }
    },
    'GET robots': ({ query }) => {
      const [, project = '0'] = /^Level=project,ProjectID=(\d+)$/.exec(query.get('q') ?? '') ?? []
      return page(state.robots.filter((one) => one.project === Number(project)).map(shownRobot), query)
    },
    'POST robots': ({ body }) => {
      const {
        name,
        level,
        description = '',
        permissions,
        duration,
      } = body as unknown as Sent<Robot, 'name' | 'level' | 'permissions' | 'duration'>
      if (!/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name))
        refuse(400, 'BAD_REQUEST', 'robot name is not in lower case or contains illegal characters')
      checkPermissions(level, permissions)
      const owner =
        level === 'project' ? projectNamed(String(permissions[0]?.['namespace']), true) : undefined
      const inner = owner === undefined ? name : `${owner.name}+${name}`
      if (state.robots.some((one) => one.name === inner))
        refuse(409, 'CONFLICT', `robot account ${name} already exists`)
      const robot: Robot = {
        id: newId(),
        name: inner,
        project: owner?.project_id ?? 0,
        description,
        level,
        duration,
        disable: false,
        permissions,
        secret: randomBytes(16).toString('hex'),
      }
      state.robots.push(robot)
      const { id, secret } = robot
      return {
        status: 201,
        body: { id, name: `robot$${inner}`, secret, creation_time: made, expires_at: -1 },
      }
    },
    'PUT robots/*': ({ path, body }) => {
      const robot = state.robots.find(({ id }) => id === Number(path[1]))
      if (robot === undefined) return refuse(404, 'NOT_FOUND', `robot ${path[1]} not found`)
      const {
        name,
        level,
        description = '',
        permissions,
        disable = false,
      } = body as unknown as Sent<Robot, 'name' | 'level' | 'permissions' | 'duration'>
      checkPermissions(level, permissions)
      if (level !== robot.level || name !== `robot$${robot.name}`)
        refuse(400, 'BAD_REQUEST', 'cannot update the level or name of robot')
      Object.assign(robot, { description, permissions, disable })
      return { status: 200 }
    },
    'PATCH robots/*': ({ path }) => {
      const robot = state.robots.find(({ id }) => id === Number(path[1]))
      if (robot === undefined) return refuse(404, 'NOT_FOUND', `robot ${path[1]} not found`)
      robot.secret = randomBytes(16).toString('hex')
      return { status: 200, body: { secret: robot.secret } }
    },
  }

  /** Harbor takes wrong credentials for nobody at all. */
  const roleOf = (header: string | undefined): 'admin' | 'robot' | 'nobody' => {
    const text = Buffer.from((header ?? '').replace(/^Basic /, ''), 'base64').toString()
    if (text === `${administrator.user}:${administrator.password}`) return 'admin'
    return state.robots.some((one) => !one.disable && text === `robot$${one.name}:${one.secret}`)
      ? 'robot'
      : 'nobody'
  }

  const answerTo = (method: string, url: URL, request: IncomingMessage, sent: string): Answer => {
    const path = url.pathname.replace('/api/v2.0/', '').split('/')
    if (path[0] === 'health')
      return {
        status: 200,
        body: {
          status: state.components.every(({ status }) => status === 'healthy') ? 'healthy' : 'unhealthy',
          components: state.components,
        },
      }
    const role = roleOf(request.headers.authorization)
    const isArtifact = path[4] === 'artifacts'
    if (role === 'nobody') refuse(401, 'UNAUTHORIZED', 'unauthorized')
    if (role === 'robot' && !isArtifact) refuse(403, 'FORBIDDEN', 'forbidden')
    const name = path.map((step, at) => (at % 2 === 0 ? step : '*')).join('/')
    const operation = operations[`${method} ${name}`]
    if (operation === undefined) return refuse(404, 'NOT_FOUND', `path ${url.pathname} was not found`)
    return operation({
      path,
      query: url.searchParams,
      body: sent === '' ? {} : (JSON.parse(sent) as Fields),
      byName: request.headers['x-is-resource-name'] === 'true',
    })
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request
    const sent = await readAll(request)
    requests.push(`${method} ${url}`)
    if (method !== 'GET') changes += 1
    const asked = { method, url, change: method === 'GET' ? 0 : changes }
    if (interference(asked, response, 'before')) return
    let answer: Answer
    try {
      answer = answerTo(method, new URL(url, 'https://harbor.example'), request, sent)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answer = {
        status: error.status,
        body: { errors: [{ code: error.code, message: error.message }] },
      }
    }
    const text = answer.body === undefined ? '' : `${JSON.stringify(answer.body)}\n`
    const headers: { [name: string]: string } = {
      ...(text !== '' && { 'content-type': 'application/json; charset=utf-8' }),
      ...(answer.total !== undefined && { 'x-total-count': String(answer.total) }),
    }
    faults.push(
      ...judge({
        method,
        url,
        headers: request.headers,
        sent,
        status: answer.status,
        answered: text,
        answerHeaders: headers,
      }),
    )
    if (interference(asked, response, 'after')) return
    response.writeHead(answer.status, headers).end(text)
  }

  const server = createServer(
    { cert: await readFile(certificate.cert), key: await readFile(certificate.key) },
    (request, response) => void serve(request, response),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    state,
    requests,
    faults,
    interfere: (with_) => {
      changes = 0
      interference = with_
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
