import type { Description, Discovery, Reply } from '../core/effects/cluster.ts'
import { isObject } from '../core/json.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { groupVersionOf } from '../core/object.ts'
import type { GroupVersion } from '../core/object.ts'
import type { Discovered } from '../core/stand-in/knowledge.ts'
import { kindsOf } from '../core/target.ts'
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

/** What is known so far: versions of groups in the order in which they were named, resources, and what did not answer. */
type Answered = Omit<Discovered, 'kubernetes'> & { silent: string[] }

const textsOf = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(textOf) : [])

/** Group and version of a subresource, '' where they are the resource's own: servers name those of CRDs and leave out those of built-in kinds. */
const foreign = (named: Json | undefined, group: string, version: string): GroupVersion => {
  const found = { group: textOf(fieldOf(named, 'group')), version: textOf(fieldOf(named, 'version')) }
  return found.group === group && found.version === version ? { group: '', version: '' } : found
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)

const readAggregated = (body: JsonObject): Answered => {
  const found: Answered = { groups: [], resources: [], silent: [] }
  for (const item of objectsIn(body['items'])) {
    const group = textOf(fieldOf(item['metadata'], 'name'))
    const versions = objectsIn(item['versions'])
    found.groups.push({ group, versions: versions.map((one) => textOf(one['version'])) })
    for (const version of versions) {
      // A stale answer is the aggregator's memory of a server that is gone: nothing can be asked of it.
      if (version['freshness'] === 'Stale') found.silent.push(group)
      for (const one of objectsIn(version['resources']))
        found.resources.push({
          group,
          version: textOf(version['version']),
          kind: textOf(fieldOf(one['responseKind'], 'kind')),
          plural: textOf(one['resource']),
          singular: textOf(one['singularResource']),
          shortNames: textsOf(one['shortNames']),
          namespaced: one['scope'] === 'Namespaced',
          verbs: textsOf(one['verbs']).sort(),
          subresources: objectsIn(one['subresources'])
            .map((sub) => ({
              name: textOf(sub['subresource']),
              ...foreign(sub['responseKind'], group, textOf(version['version'])),
              kind: textOf(fieldOf(sub['responseKind'], 'kind')),
              verbs: textsOf(sub['verbs']).sort(),
            }))
            .sort(byName),
        })
    }
  }
  return { ...found, resources: found.resources.filter(({ group }) => !found.silent.includes(group)) }
}

/** `apps/v1` of a server without aggregated discovery. A group version that doesn't answer is silent. */
const readGroupVersion = async (send: Send, groupVersion: string): Promise<Answered> => {
  const { group, version } = groupVersionOf(groupVersion)
  const reply = await send(asking(group === '' ? `/api/${version}` : `/apis/${group}/${version}`))
  const groups = [{ group, versions: [version] }]
  if (!reply.ok) return { groups, resources: [], silent: [group] }
  const all = objectsIn(fieldOf(reply.value, 'resources')).map((one) => ({ one, name: textOf(one['name']) }))
  const resources = all
    .filter(({ name }) => !name.includes('/'))
    .map(({ one, name }) => ({
      group,
      version,
      kind: textOf(one['kind']),
      plural: name,
      singular: textOf(one['singularName']),
      shortNames: textsOf(one['shortNames']),
      namespaced: one['namespaced'] === true,
      verbs: textsOf(one['verbs']).sort(),
      subresources: all
        .filter((sub) => sub.name.startsWith(`${name}/`))
        .map((sub) => ({
          name: sub.name.slice(name.length + 1),
          ...foreign(sub.one, group, version),
          kind: textOf(sub.one['kind']),
          verbs: textsOf(sub.one['verbs']).sort(),
        }))
        .sort(byName),
    }))
  return { groups, resources, silent: [] }
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

/** The versions of a group that came one by one are put together, in the order in which they came. */
const united = (found: Answered[]): Answered => {
  const silent = Array.from(new Set(found.flatMap((one) => one.silent)))
  const groups = Map.groupBy(
    found.flatMap((one) => one.groups),
    ({ group }) => group,
  )
  return {
    groups: Array.from(groups, ([group, parts]) => ({
      group,
      versions: parts.flatMap(({ versions }) => versions),
    })),
    resources: found.flatMap((one) => one.resources),
    silent,
  }
}

const ask = async (send: Send, server: string): Promise<Reply<Answered>> => {
  const replies = await Promise.all(['/api', '/apis'].map((path) => send(asking(path))))
  const found: Answered[] = []
  for (const reply of replies) {
    if (!reply.ok) return reply
    const body = isObject(reply.value) ? reply.value : {}
    if (!kindsOfAnswers.includes(textOf(body['kind']))) return strange(server, asking('/apis').asked)
    if (body['kind'] === 'APIGroupDiscoveryList') found.push(readAggregated(body))
    else found.push(...(await Promise.all(groupVersionsOf(body).map((one) => readGroupVersion(send, one)))))
  }
  return { ok: true, value: united(found) }
}

/** Every kind that the server serves; groups whose server is down are named as silent, never taken for absent. */
export const discover = async (send: Send, server: string): Promise<Reply<Discovery>> => {
  const found = await ask(send, server)
  if (!found.ok) return found
  return { ok: true, value: { kinds: kindsOf(found.value), silent: found.value.silent } }
}

/** The server's version, as it says it. */
export const version = async (send: Send, server: string): Promise<Reply<string>> => {
  const reply = await send(asking('/version'))
  if (!reply.ok) return reply
  const kubernetes = textOf(fieldOf(reply.value, 'gitVersion'))
  return kubernetes === '' ? strange(server, asking('/version').asked) : { ok: true, value: kubernetes }
}

/** The server's version and all of its discovery, verbs and subresources sorted; silent groups as in `discover`. */
export const describe = async (send: Send, server: string): Promise<Reply<Description>> => {
  const [said, found] = await Promise.all([version(send, server), ask(send, server)])
  if (!said.ok) return said
  if (!found.ok) return found
  const kubernetes = said.value
  const { silent } = found.value
  const answers = ({ group }: { group: string }): boolean => !silent.includes(group)
  const groups = found.value.groups.filter(answers)
  const resources = found.value.resources.filter(answers)
  return { ok: true, value: { discovered: { kubernetes, groups, resources }, silent } }
}
