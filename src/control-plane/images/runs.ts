import { serviceOf } from '../../core/discovery.ts'
import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { isObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { groupVersionOf, idOf, keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { mapAt, textAt } from '../../core/readiness/rule.ts'
import type { ImageRun, SetImages } from '../../core/running-images.ts'

/** Where a set is: the namespaces that are its own, others in which objects of it are, and the keys of all of its objects. */
export interface Territory {
  own: string[]
  others: string[]
  keys: ReadonlySet<string>
}

const listAt = (map: JsonObject, name: string): JsonObject[] => {
  const list = map[name]
  return Array.isArray(list) ? list.filter(isObject) : []
}

/** Where containers stand in a Pod's specification, where in its status, and what they are called. */
const containerLists = [
  ['initContainers', 'initContainerStatuses', 'init container'],
  ['containers', 'containerStatuses', 'container'],
  ['ephemeralContainers', 'ephemeralContainerStatuses', 'ephemeral container'],
] as const

/**
 * What a runtime says that it runs: `REPOSITORY@sha256:…`, with `docker-pullable://` before it in old ones. A bare `sha256:…` is the image's id, and
 * no digest of a manifest.
 */
const pulledOf = (imageId: string): Pick<ImageRun, 'digest' | 'repository'> => {
  const [, repository = '', digest = ''] =
    /^(?:[a-z-]+:\/\/)?([^@]*)@(sha256:[0-9a-f]{64})$/.exec(imageId) ?? []
  return { digest, repository }
}

type Placed = Pick<ImageRun, 'place' | 'image' | 'digest' | 'repository'>

const placedIn = (pod: KubeObject): Placed[] => {
  const spec = mapAt(pod, 'spec')
  const containers = containerLists.flatMap(([inSpec, inStatus, words]) => {
    const statuses = listAt(mapAt(pod, 'status'), inStatus)
    return listAt(spec, inSpec).map((container) => {
      const name = textAt(container, 'name')
      const status = statuses.find((one) => one['name'] === name) ?? {}
      return {
        place: `${words} ${name}`,
        image: textAt(container, 'image'),
        ...pulledOf(textAt(status, 'imageID')),
      }
    })
  })
  const volumes = listAt(spec, 'volumes').map((volume) => ({
    place: `volume ${textAt(volume, 'name')}`,
    image: textAt(mapAt(volume, 'image'), 'reference'),
    digest: '',
    repository: '',
  }))
  return [...containers, ...volumes].filter(({ image }) => image !== '')
}

/** So many steps up: a Pod, a ReplicaSet, a Deployment, a custom resource, and one for a surprise. */
const mostOwners = 5

interface Owner {
  apiVersion: string
  id: ObjectId
}

const ownerOf = (object: KubeObject): Owner | undefined => {
  const references = listAt(object.metadata, 'ownerReferences')
  const one = references.find((reference) => reference['controller'] === true)
  if (one === undefined) return undefined
  const apiVersion = textAt(one, 'apiVersion')
  const { group } = groupVersionOf(apiVersion)
  const namespace = object.metadata.namespace ?? ''
  return { apiVersion, id: { group, kind: textAt(one, 'kind'), namespace, name: textAt(one, 'name') } }
}

/**
 * Finds what made an object, step by step, from lists of metadata: one of a kind and namespace. What may not be listed is where it ends, and
 * `untold` hears of it.
 */
const ownersFinder = (
  { cluster, discovery }: { cluster: Pick<Cluster, 'list'>; discovery: Discovery },
  untold: (namespace: string, why: string) => void,
) => {
  const lists = new Map<string, Promise<Map<string, KubeObject>>>()
  const listOf = async ({ apiVersion, id }: Owner): Promise<Map<string, KubeObject>> => {
    const service = serviceOf(discovery, apiVersion, id.kind)
    // What is of cluster scope (a Node, of static Pods) is the end of it, too.
    if (service.served !== 'yes' || !service.kind.namespaced) return new Map()
    const reply = await cluster.list(service.kind, { namespace: id.namespace, metadataOnly: true })
    if (!reply.ok) untold(id.namespace, reply.refusal.message)
    return new Map(reply.ok ? reply.value.map((one) => [one.metadata.name, one]) : [])
  }
  return async (pod: KubeObject): Promise<ObjectId[]> => {
    const owners: ObjectId[] = []
    let at: KubeObject | undefined = pod
    while (at !== undefined && owners.length < mostOwners) {
      const owner = ownerOf(at)
      if (owner === undefined) break
      owners.push(owner.id)
      const name = `${owner.apiVersion} ${owner.id.kind} ${owner.id.namespace}`
      const list = lists.get(name) ?? listOf(owner)
      lists.set(name, list)
      at = (await list).get(owner.id.name)
    }
    return owners
  }
}

/**
 * Reads what runs: every Pod of the set's own namespaces, and of the other namespaces that it has objects in those Pods that its objects made.
 * Only reads. What may not be listed is said.
 */
export const readRuns = async (
  { own, others, keys }: Territory,
  { cluster, discovery }: { cluster: Pick<Cluster, 'list'>; discovery: Discovery },
): Promise<Pick<SetImages, 'pods' | 'notLookedAt'> & { runs: ImageRun[] }> => {
  const service = serviceOf(discovery, 'v1', 'Pod')
  if (service.served !== 'yes') throw new Error('the API server serves no Pods')
  const runs: ImageRun[] = []
  const notLookedAt: SetImages['notLookedAt'] = []
  const ownersOf = ownersFinder({ cluster, discovery }, (namespace, why) =>
    notLookedAt.push({ namespace, why }),
  )
  let pods = 0
  for (const namespace of [...own, ...others]) {
    const reply = await cluster.list(service.kind, { namespace })
    if (!reply.ok) {
      notLookedAt.push({ namespace, why: reply.refusal.message })
      continue
    }
    for (const object of reply.value) {
      const pod = idOf(object)
      const owners = await ownersOf(object)
      const ofSet = [pod, ...owners].some((one) => keys.has(keyOf(one)))
      if (!ofSet && !own.includes(namespace)) continue
      pods += 1
      runs.push(...placedIn(object).map((placed) => ({ ...placed, pod, owners, ofSet })))
    }
  }
  return { runs, pods, notLookedAt }
}
