import type { Address, Asked, Cluster, Opened, Refusal, Reply } from '../core/effects/cluster.ts'
import { isObject } from '../core/json.ts'
import type { Json } from '../core/json.ts'
import type { KubeObject } from '../core/object.ts'
import { problem } from '../core/problem.ts'
import { apiVersionOf } from '../core/target.ts'
import type { ServedKind } from '../core/target.ts'
import { findAccess } from './cluster-access.ts'
import type { Environment, Impersonated } from './cluster-access.ts'
import { describe, discover, version } from './cluster-discovery.ts'
import { requester, strange } from './cluster-request.ts'
import type { Patience, Request } from './cluster-request.ts'

const pageSize = 500
/** How often a list is begun that grows too old between two pages. */
const listTries = 5

/** No more of a log is read, in bytes: a line may be endless. */
const largestLog = 16_384

const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

const collectionPath = (kind: ServedKind, namespace: string): string =>
  [
    kind.group === '' ? '/api' : `/apis/${encodeURIComponent(kind.group)}`,
    encodeURIComponent(kind.version),
    ...(namespace === '' ? [] : ['namespaces', encodeURIComponent(namespace)]),
    kind.plural,
  ].join('/')

const pathOf = ({ kind, namespace, name }: Address): string =>
  `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`

const asks = (verb: Asked['verb'], { kind, namespace, name }: Address): Asked => ({
  verb,
  group: kind.group,
  resource: kind.plural,
  namespace,
  name,
})

const query = (parameters: { [name: string]: string | undefined }): string => {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) given.set(name, value)
  return given.size === 0 ? '' : `?${given.toString()}`
}

/** A 404 about the object: a kind that is not served (now) is a 404 as well, without a reason, and says nothing about its objects. */
const isAbsence = ({ status, reason }: Refusal): boolean => status === 404 && reason === 'NotFound'

const isLive = (body: Json): body is KubeObject =>
  isObject(body) && isObject(body['metadata']) && typeof body['metadata']['uid'] === 'string'

/** The items of a list bear no kind of their own; undefined where it is no list of objects. (Go writes an empty list as null.) */
const itemsOf = (kind: ServedKind, body: Json): KubeObject[] | undefined => {
  if (!isObject(body) || typeof body['kind'] !== 'string' || !body['kind'].endsWith('List')) return undefined
  const items = body['items'] ?? []
  if (!Array.isArray(items) || !items.every(isLive)) return undefined
  return items.map((item) => ({ ...item, apiVersion: apiVersionOf(kind), kind: kind.kind }))
}

const continueOf = (body: Json): string => {
  const metadata = isObject(body) ? body['metadata'] : undefined
  const token = isObject(metadata) ? metadata['continue'] : undefined
  return typeof token === 'string' ? token : ''
}

/** Until the server has answered once it is given 5 s; later it may be away for a minute (an upgrade, a failover). */
const usualPatience: Patience = { first: 5_000, later: 60_000, silence: 65_000 }

/**
 * Opens the way to a cluster: a thin client that sends and reads plain JSON, over a bounded number of connections. client-node is
 * used for access alone (its object API drops fields that it doesn't know). Nothing is sent before the first call.
 */
export const openCluster = async (
  options: { kubeconfig?: string; as?: Impersonated; patience?: Partial<Patience> },
  env: Environment,
): Promise<Opened> => {
  const found = await findAccess(options.kubeconfig, env, options.as)
  if (!found.ok) return found
  const { access } = found
  try {
    await access.credentials()
  } catch (error) {
    const message = error instanceof Error ? error.message.trim() : String(error)
    return {
      ok: false,
      problem: problem({
        code: 'cluster/credentials',
        fault: 'world',
        what: `The kubeconfig ${access.source} gives no credentials: ${message}.`,
        where: [{ in: 'cluster', server: access.server }],
        fix: 'Check the user in the current context: its certificate files, token or credential plugin.',
      }),
    }
  }
  const send = requester(access, { ...usualPatience, ...options.patience })
  const sendForObject = async (request: Request): Promise<Reply<KubeObject>> => {
    const reply = await send(request)
    if (!reply.ok) return reply
    const { value } = reply
    // A dry run of a creation answers with a UID too.
    return isLive(value) ? { ok: true, value } : strange(access.server, request.asked)
  }

  const get: Cluster['get'] = async (address) => {
    const reply = await sendForObject({ method: 'GET', path: pathOf(address), asked: asks('get', address) })
    if (!reply.ok && isAbsence(reply.refusal)) return { ok: true, value: undefined }
    return reply
  }

  const list: Cluster['list'] = async (kind, { namespace = '', selector, fieldSelector, metadataOnly }) => {
    const items: KubeObject[] = []
    let from: string | undefined
    let starts = 1
    for (;;) {
      const asked = asks('list', { kind, namespace, name: '' })
      const reply = await send({
        method: 'GET',
        path:
          collectionPath(kind, namespace) +
          query({ labelSelector: selector, fieldSelector, limit: String(pageSize), continue: from }),
        asked,
        ...(metadataOnly && { accept: metadataList }),
      })
      // The list grew too old between two pages: what was read is no consistent picture, so it is read anew.
      if (!reply.ok && reply.refusal.status === 410 && from !== undefined && starts++ < listTries) {
        items.length = 0
        from = undefined
        continue
      }
      if (!reply.ok) return reply
      const page = itemsOf(kind, reply.value)
      if (page === undefined) return strange(access.server, asked)
      items.push(...page)
      from = continueOf(reply.value)
      if (from === '') return { ok: true, value: items }
    }
  }

  const log: Cluster['log'] = async ({ namespace, name }, { container, previous, lines }) => {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`
    const asked: Asked = { verb: 'get', group: '', resource: 'pods/log', namespace, name }
    const reply = await send({
      method: 'GET',
      path:
        path +
        query({
          container,
          previous: previous ? 'true' : undefined,
          tailLines: String(lines),
          limitBytes: String(largestLog),
        }),
      asked,
      accept: '*/*',
      asText: true,
      once: true,
    })
    if (!reply.ok) return reply
    return typeof reply.value === 'string' ? { ok: true, value: reply.value } : strange(access.server, asked)
  }

  const whoAmI: Cluster['whoAmI'] = async () => {
    const group = 'authentication.k8s.io'
    const asked: Asked = { verb: 'create', group, resource: 'selfsubjectreviews', namespace: '', name: '' }
    const reply = await send({
      method: 'POST',
      path: `/apis/${group}/v1/selfsubjectreviews`,
      asked,
      body: { apiVersion: `${group}/v1`, kind: 'SelfSubjectReview' },
    })
    if (!reply.ok) return reply
    const status = isObject(reply.value) ? reply.value['status'] : undefined
    const info = isObject(status) ? status['userInfo'] : undefined
    const user = isObject(info) ? info['username'] : undefined
    if (!isObject(info) || typeof user !== 'string') return strange(access.server, asked)
    const groups = Array.isArray(info['groups']) ? info['groups'] : []
    return { ok: true, value: { user, groups: groups.filter((one) => typeof one === 'string') } }
  }

  const apply: Cluster['apply'] = async (address, object, { fieldManager, force, dryRun, until }) =>
    await sendForObject({
      method: 'PATCH',
      path:
        pathOf(address) +
        query({
          fieldManager,
          force: String(force),
          fieldValidation: 'Strict',
          dryRun: dryRun ? 'All' : undefined,
        }),
      asked: asks('patch', address),
      // JSON is YAML, and our JSON keeps its integers.
      type: 'application/apply-patch+yaml',
      body: object,
      until,
      ...(dryRun && { isQuestion: true }),
    })

  const create: Cluster['create'] = async (address, object, { fieldManager, dryRun, once, until }) =>
    await sendForObject({
      method: 'POST',
      path:
        collectionPath(address.kind, address.namespace) +
        query({ fieldManager, fieldValidation: 'Strict', dryRun: dryRun ? 'All' : undefined }),
      asked: asks('create', address),
      body: object,
      until,
      ...(dryRun && { isQuestion: true }),
      ...(once && { once }),
    })

  const update: Cluster['update'] = async (address, object, { fieldManager, until }) =>
    await sendForObject({
      method: 'PUT',
      path: pathOf(address) + query({ fieldManager }),
      asked: asks('update', address),
      body: object,
      until,
    })

  const patch: Cluster['patch'] = async (address, operations, { fieldManager, until }) =>
    await sendForObject({
      method: 'PATCH',
      path: pathOf(address) + query({ fieldManager }),
      asked: asks('patch', address),
      type: 'application/json-patch+json',
      body: operations,
      until,
    })

  const remove: Cluster['remove'] = async (address, { uid, propagation, until }) => {
    const reply = await send({
      method: 'DELETE',
      path: pathOf(address),
      asked: asks('delete', address),
      until,
      body: {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        preconditions: { uid },
        propagationPolicy: propagation,
      },
    })
    if (reply.ok) return { ok: true, value: 'deleting' }
    return isAbsence(reply.refusal) ? { ok: true, value: 'gone' } : reply
  }

  return {
    ok: true,
    cluster: {
      server: access.server,
      access: access.source,
      version: () => version(send, access.server),
      discover: () => discover(send, access.server),
      describe: () => describe(send, access.server),
      get,
      list,
      log,
      whoAmI,
      apply,
      create,
      update,
      patch,
      remove,
      close: access.close,
    },
  }
}
