import { serviceOf } from '../../core/discovery.ts'
import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { idOf, keyOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { suggest } from '../../core/suggest.ts'
import { objectsOf } from '../../core/wanted.ts'
import type { Wanted } from '../../core/wanted.ts'
import type { ToAdopt } from './decide.ts'
import { readStored } from './stored.ts'

/** What is there of some objects, by key, each in the version that it is declared in. */
const liveOf = async (
  cluster: Cluster,
  discovery: Discovery,
  objects: KubeObject[],
): Promise<Outcome<Map<string, KubeObject>>> => {
  const found = all(
    await Promise.all(
      objects.map(async (object): Promise<Outcome<[string, KubeObject][]>> => {
        const id = idOf(object)
        const service = serviceOf(discovery, object.apiVersion, object.kind)
        if (service.served !== 'yes') return good([])
        const reply = await cluster.get({ kind: service.kind, namespace: id.namespace, name: id.name })
        if (!reply.ok) return bad([problemOfRefusal(reply.refusal, id)])
        return good(reply.value ? [[keyOf(id), reply.value]] : [])
      }),
    ),
  )
  return found.ok ? good(new Map(found.value.flat())) : found
}

const unknownRelease = (name: string, known: string[]): Outcome<never> => {
  const meant = suggest(name, known)
  return bad([
    problem({
      code: 'adopt/unknown-release',
      fault: 'usage',
      what: `The bundle has no release ${name}.`,
      fix: meant === undefined ? `It has: ${known.join(', ')}.` : `Did you mean ${meant}?`,
    }),
  ])
}

const notHelms = (name: string, helm: string, namespace: string): Outcome<never> =>
  bad([
    problem({
      code: 'adopt/no-helm-release',
      fault: 'world',
      what: `Helm knows no release ${helm} in the namespace ${namespace}.`,
      where: [{ in: 'release', release: name }],
      fix: `Look at: helm list -A. A release of another name is named with it: ${name}=NAME; one that Helm never installed is taken over by a plain apply.`,
    }),
  ])

/**
 * Reads what is to be adopted: the named releases (with the names that Helm has for them), or all of the bundle that Helm knows. Nothing is
 * written.
 */
export const findToAdopt = async (
  { releases }: Wanted,
  named: ReadonlyMap<string, string>,
  cluster: Cluster,
  discovery: Discovery,
): Promise<Outcome<ToAdopt[]>> => {
  const known = releases.map(({ name }) => name)
  const strange = Array.from(named.keys()).filter((name) => !known.includes(name))
  if (strange.length > 0) return all(strange.map((name) => unknownRelease(name, known)))
  const asked = named.size === 0 ? releases : releases.filter(({ name }) => named.has(name))
  return all(
    await Promise.all(
      asked.map(async (release): Promise<Outcome<ToAdopt>> => {
        const { name, namespace } = release
        const helm = named.get(name) ?? name
        const stored = await readStored(cluster, discovery, { name: helm, namespace })
        if (!stored.ok) return stored
        if (stored.value === undefined && named.size > 0) return notHelms(name, helm, namespace)
        const wanted = objectsOf(release)
          .filter(({ phase }) => phase === 'main' || phase === 'crds')
          .map(({ object }) => object)
        const live = await liveOf(cluster, discovery, [...wanted, ...(stored.value?.objects ?? [])])
        return live.ok
          ? good({ release: { name, namespace }, wanted, stored: stored.value, live: live.value })
          : live
      }),
    ),
  )
}
