import type { Discovery, Reply } from '../core/effects/cluster.ts'
import { isObject } from '../core/json.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { groupVersionOf } from '../core/object.ts'
import type { ServedKind } from '../core/target.ts'
import { strange } from './cluster-request.ts'
import type { Request } from './cluster-request.ts'

type Send = (request: Request) => Promise<Reply<Json>>

/** Aggregated discovery (all groups in two answers, Kubernetes 1.27 and later), else the list of groups. */
const aggregated = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',')

const objectsIn = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
const fieldOf = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value) ? value[name] : undefined

const asking = (path: string): Request => ({
  method: 'GET',
  path,
  accept: aggregated,
  asked: { verb: 'get', group: '', resource: path, namespace: '', name: '' },
})

const readAggregated = (body: JsonObject): Discovery => {
  const kinds: ServedKind[] = []
  const silent: string[] = []
  for (const item of objectsIn(body['items'])) {
    const group = textOf(fieldOf(item['metadata'], 'name'))
    for (const version of objectsIn(item['versions'])) {
      // A stale answer is the aggregator's memory of a server that is gone: nothing can be asked of it.
      if (version['freshness'] === 'Stale') silent.push(group)
      for (const one of objectsIn(version['resources']))
        kinds.push({
          group,
          version: textOf(version['version']),
          kind: textOf(fieldOf(one['responseKind'], 'kind')),
          plural: textOf(one['resource']),
          namespaced: one['scope'] === 'Namespaced',
        })
    }
  }
  return { kinds: kinds.filter((one) => !silent.includes(one.group)), silent }
}

/** `apps/v1` of a server without aggregated discovery. A group version that doesn't answer is silent. */
const readGroupVersion = async (send: Send, groupVersion: string): Promise<Discovery> => {
  const { group, version } = groupVersionOf(groupVersion)
  const reply = await send(asking(group === '' ? `/api/${version}` : `/apis/${group}/${version}`))
  if (!reply.ok) return { kinds: [], silent: [group] }
  const kinds = objectsIn(fieldOf(reply.value, 'resources'))
    .filter((one) => !textOf(one['name']).includes('/'))
    .map((one) => ({
      group,
      version,
      kind: textOf(one['kind']),
      plural: textOf(one['name']),
      namespaced: one['namespaced'] === true,
    }))
  return { kinds, silent: [] }
}

/** The group versions of a plain APIGroupList or APIVersions answer, the preferred one of each group first. */
const groupVersionsOf = (body: JsonObject): string[] => {
  if (body['kind'] === 'APIVersions')
    return Array.isArray(body['versions']) ? body['versions'].map(textOf) : []
  return objectsIn(body['groups']).flatMap((group) => {
    const preferred = textOf(fieldOf(group['preferredVersion'], 'groupVersion'))
    const others = objectsIn(group['versions']).map((one) => textOf(one['groupVersion']))
    return [preferred, ...others.filter((one) => one !== preferred)]
  })
}

const kindsOfAnswers = ['APIGroupDiscoveryList', 'APIGroupList', 'APIVersions']

/** Everything that the server serves; groups whose server is down are named as silent, never taken for absent. */
export const discover = async (send: Send, server: string): Promise<Reply<Discovery>> => {
  const replies = await Promise.all(['/api', '/apis'].map((path) => send(asking(path))))
  const found: Discovery[] = []
  for (const reply of replies) {
    if (!reply.ok) return reply
    const body = isObject(reply.value) ? reply.value : {}
    if (!kindsOfAnswers.includes(textOf(body['kind']))) return strange(server, asking('/apis').asked)
    if (body['kind'] === 'APIGroupDiscoveryList') found.push(readAggregated(body))
    else found.push(...(await Promise.all(groupVersionsOf(body).map((one) => readGroupVersion(send, one)))))
  }
  return {
    ok: true,
    value: {
      kinds: found.flatMap((one) => one.kinds),
      silent: Array.from(new Set(found.flatMap((one) => one.silent))),
    },
  }
}
