import type { Harbor, HarborReply } from '../core/effects/harbor.ts'
import { artifactPath, readArtifact } from '../core/harbor/artifact.ts'
import {
  listOf,
  permissionsOf,
  readEndpoint,
  readHealth,
  readLabel,
  readNewRobot,
  readProject,
  readQuota,
  readRobot,
  readSecret,
} from '../core/harbor/observed.ts'
import type { Reader } from '../core/harbor/observed.ts'
import { policyOf, readRetention } from '../core/harbor/retention.ts'
import type { JsonObject } from '../core/json.ts'
import { requester } from './harbor-request.ts'
import type { HarborAccess, Request } from './harbor-request.ts'

/** The most that Harbor gives on one page. */
const pageSize = 100

/** More pages than any Harbor has: one that always says that there is more must not hold us. */
const mostPages = 1000

const named = (values: { [name: string]: string | number }): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')

/** Opens Harbor's API. Nothing is sent yet. */
export const openHarbor = (access: HarborAccess): Harbor => {
  const { server, ask, close } = requester(access)

  const strange = (request: Request, message: string): HarborReply<never> => ({
    ok: false,
    refusal: {
      asked: `${request.method} /api/v2.0${request.path}`,
      server,
      status: 200,
      code: 'NotHarbor',
      message,
    },
  })

  const read = async <T>(request: Request, reader: Reader<T>): Promise<HarborReply<T>> => {
    const reply = await ask(request)
    if (!reply.ok) return reply
    const value = reader(reply.value.body)
    return value === undefined
      ? strange(request, 'what it answered is nothing that Harbor says there')
      : { ok: true, value }
  }

  /** Undefined for Harbor's own 404, and nothing else. */
  const readIfThere = async <T>(request: Request, reader: Reader<T>): Promise<HarborReply<T | undefined>> => {
    const reply = await read(request, reader)
    return !reply.ok && reply.refusal.status === 404 && reply.refusal.code === 'NOT_FOUND'
      ? { ok: true, value: undefined }
      : reply
  }

  /** All pages of a list. */
  const readAll = async <T>(
    path: string,
    query: { [name: string]: string | number },
    reader: Reader<T>,
  ): Promise<HarborReply<T[]>> => {
    const values: T[] = []
    for (let page = 1; page <= mostPages; page += 1) {
      const request: Request = {
        method: 'GET',
        path: `${path}?${named({ ...query, page, page_size: pageSize })}`,
      }
      const reply = await ask(request)
      if (!reply.ok) return reply
      const found = listOf(reader)(reply.value.body)
      if (found === undefined) return strange(request, 'what it answered is no list of what Harbor has there')
      values.push(...found)
      const total = Number(reply.value.headers['x-total-count'] ?? Number.NaN)
      const isLast = Number.isFinite(total) ? values.length >= total : found.length < pageSize
      if (isLast || found.length === 0) return { ok: true, value: values }
    }
    return strange({ method: 'GET', path }, `it has more than ${mostPages} pages`)
  }

  const change = async (request: Request): Promise<HarborReply<void>> => {
    const reply = await ask(request)
    return reply.ok ? { ok: true, value: undefined } : reply
  }

  const tell = (method: 'POST' | 'PUT', path: string, body: JsonObject): Promise<HarborReply<void>> =>
    change({ method, path, body })

  const ofProject = (name: string): Pick<Request, 'path' | 'byName'> => ({
    path: `/projects/${encodeURIComponent(name)}`,
    byName: true,
  })

  return {
    server,
    close,
    health: () => read({ method: 'GET', path: '/health' }, readHealth),
    endpoints: () => readAll('/registries', {}, readEndpoint),
    createEndpoint: (endpoint) => tell('POST', '/registries', { ...endpoint }),
    updateEndpoint: (id, endpoint) => tell('PUT', `/registries/${id}`, { ...endpoint }),
    project: (name) => readIfThere({ method: 'GET', ...ofProject(name) }, readProject),
    createProject: ({ name, public: isPublic, endpoint, storage }) =>
      tell('POST', '/projects', {
        project_name: name,
        metadata: { public: String(isPublic) },
        ...(endpoint !== undefined && { registry_id: endpoint }),
        ...(storage !== undefined && { storage_limit: storage }),
      }),
    setPublic: (project, isPublic) =>
      change({ method: 'PUT', ...ofProject(project), body: { metadata: { public: String(isPublic) } } }),
    retention: (id) => read({ method: 'GET', path: `/retentions/${id}` }, readRetention),
    setRetention: ({ id, retention: policy }, retention) =>
      policy === undefined
        ? tell('POST', '/retentions', policyOf(id, retention))
        : tell('PUT', `/retentions/${policy}`, { id: policy, ...policyOf(id, retention) }),
    quota: async (project) => {
      const reply = await readAll('/quotas', { reference: 'project', reference_id: project }, readQuota)
      return reply.ok ? { ok: true, value: reply.value[0] } : reply
    },
    setQuota: (id, storage) => tell('PUT', `/quotas/${id}`, { hard: { storage } }),
    label: async (name) => {
      // Harbor finds labels by a part of their name.
      const reply = await readAll('/labels', { scope: 'g', name }, readLabel)
      return reply.ok ? { ok: true, value: reply.value.find((one) => one.name === name) } : reply
    },
    createLabel: (label) => tell('POST', '/labels', { ...label, scope: 'g' }),
    robots: (project) =>
      readAll('/robots', project === undefined ? {} : { q: `Level=project,ProjectID=${project}` }, readRobot),
    createRobot: ({ name, description, level, grants }) =>
      read(
        {
          method: 'POST',
          path: '/robots',
          body: {
            name,
            description,
            level,
            duration: -1,
            disable: false,
            permissions: permissionsOf(grants),
          },
        },
        readNewRobot,
      ),
    updateRobot: ({ id, name, description, level, disabled, duration, grants, beyond }) =>
      tell('PUT', `/robots/${id}`, {
        id,
        name,
        description,
        level,
        disable: disabled,
        duration,
        permissions: [...permissionsOf(grants), ...beyond],
      }),
    renewSecret: (id) => read({ method: 'PATCH', path: `/robots/${id}`, body: { secret: '' } }, readSecret),
    artifact: (place) =>
      readIfThere({ method: 'GET', path: artifactPath(place) }, (answer) => readArtifact(answer, place)),
  }
}
