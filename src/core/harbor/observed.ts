import { isObject } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'

/** A part of Harbor as its health says: `core`, `database`, `registry`… */
export interface Component {
  name: string
  healthy: boolean
  /** Harbor's words where it is not. */
  error: string
}

/** A registry endpoint: an upstream that proxy projects can stand for. */
export interface Endpoint {
  id: number
  name: string
  /** Harbor's adapter: docker-hub, docker-registry, github-ghcr, quay… */
  type: string
  url: string
  insecure: boolean
  description: string
}

export interface HarborProject {
  id: number
  name: string
  public: boolean
  /** The id of the endpoint that a proxy cache stands for; undefined of a project that one can push to. */
  endpoint: number | undefined
  /** The id of its retention policy. */
  retention: number | undefined
}

export interface HarborQuota {
  id: number
  /** In bytes; -1 without limit. */
  storage: number
}

export interface HarborLabel {
  id: number
  name: string
  description: string
}

/** What a robot may do in one project: `repository:pull`, sorted. */
export interface RobotGrant {
  project: string
  access: string[]
}

export interface HarborRobot {
  id: number
  /** In full, as it logs in: `robot$nodes`, `robot$bundles+shipper`. */
  name: string
  description: string
  level: 'project' | 'system'
  disabled: boolean
  /** In days; -1 for ever. */
  duration: number
  /** By project, sorted. What it may do beyond projects is in `beyond`. */
  grants: RobotGrant[]
  /** Permissions of other kinds than of one project, in Harbor's words. */
  beyond: JsonObject[]
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
const id = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
const objects = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []

/** A reader of answers: the value, or undefined where the answer is nothing that Harbor says. */
export type Reader<T> = (answer: Json) => T | undefined

/** A list, none of whose members may be strange. */
export const listOf =
  <T>(read: Reader<T>): Reader<T[]> =>
  (answer) => {
    // Go writes a list without members as null.
    if (answer === null) return []
    if (!Array.isArray(answer)) return undefined
    const values = answer.map(read)
    return values.includes(undefined) ? undefined : (values as T[])
  }

export const readHealth: Reader<Component[]> = (answer) => {
  if (!isObject(answer) || typeof answer['status'] !== 'string') return undefined
  return objects(answer['components']).map((one) => ({
    name: text(one['name']),
    healthy: one['status'] === 'healthy',
    error: text(one['error']),
  }))
}

export const readEndpoint: Reader<Endpoint> = (answer) => {
  if (!isObject(answer)) return undefined
  const known = id(answer['id'])
  const { name, type, url } = answer
  if (known === undefined || typeof name !== 'string' || typeof url !== 'string') return undefined
  return {
    id: known,
    name,
    type: text(type),
    url,
    insecure: answer['insecure'] === true,
    description: text(answer['description']),
  }
}

export const readProject: Reader<HarborProject> = (answer) => {
  if (!isObject(answer)) return undefined
  const known = id(answer['project_id'])
  const { name } = answer
  if (known === undefined || typeof name !== 'string') return undefined
  const metadata = isObject(answer['metadata']) ? answer['metadata'] : {}
  return {
    id: known,
    name,
    public: metadata['public'] === 'true',
    endpoint: id(answer['registry_id']),
    retention: id(Number(text(metadata['retention_id']))),
  }
}

export const readQuota: Reader<HarborQuota> = (answer) => {
  if (!isObject(answer) || !isObject(answer['hard'])) return undefined
  const known = id(answer['id'])
  const { storage } = answer['hard']
  return known === undefined || typeof storage !== 'number' ? undefined : { id: known, storage }
}

export const readLabel: Reader<HarborLabel> = (answer) => {
  if (!isObject(answer)) return undefined
  const known = id(answer['id'])
  const { name } = answer
  return known === undefined || typeof name !== 'string'
    ? undefined
    : { id: known, name, description: text(answer['description']) }
}

const accessOf = (permission: JsonObject): string[] =>
  objects(permission['access'])
    .map((one) => `${text(one['resource'])}:${text(one['action'])}`)
    .sort()

/** `*` stands for all projects: that is no grant of one. */
const isOfProject = (permission: JsonObject): boolean =>
  permission['kind'] === 'project' && permission['namespace'] !== '*'

export const readRobot: Reader<HarborRobot> = (answer) => {
  if (!isObject(answer)) return undefined
  const known = id(answer['id'])
  const { name, level, duration } = answer
  if (known === undefined || typeof name !== 'string') return undefined
  const permissions = objects(answer['permissions'])
  return {
    id: known,
    name,
    description: text(answer['description']),
    level: level === 'project' ? 'project' : 'system',
    disabled: answer['disable'] === true,
    duration: typeof duration === 'number' ? duration : -1,
    grants: sortedGrants(
      permissions
        .filter(isOfProject)
        .map((one) => ({ project: text(one['namespace']), access: accessOf(one) })),
    ),
    beyond: permissions.filter((one) => !isOfProject(one)),
  }
}

/** In an order that two of them can be compared in. */
export const sortedGrants = (grants: RobotGrant[]): RobotGrant[] =>
  grants
    .map(({ project, access }) => ({ project, access: access.toSorted() }))
    .sort((a, b) => (a.project < b.project ? -1 : 1))

/** What Harbor gives with a new robot. */
export const readNewRobot: Reader<{ name: string; secret: string }> = (answer) => {
  if (!isObject(answer)) return undefined
  const { name, secret } = answer
  return typeof name === 'string' && typeof secret === 'string' && secret !== ''
    ? { name, secret }
    : undefined
}

/** A secret that Harbor has made anew. */
export const readSecret: Reader<string> = (answer) =>
  isObject(answer) && typeof answer['secret'] === 'string' && answer['secret'] !== ''
    ? answer['secret']
    : undefined

/** A robot's permissions as Harbor takes them. */
export const permissionsOf = (grants: RobotGrant[]): JsonObject[] =>
  grants.map(({ project, access }) => ({
    kind: 'project',
    namespace: project,
    access: access.map((one) => ({
      resource: one.slice(0, one.lastIndexOf(':')),
      action: one.slice(one.lastIndexOf(':') + 1),
    })),
  }))
