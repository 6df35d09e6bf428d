import { gunzipSync } from 'node:zlib'
import { serviceOf } from '../../core/discovery.ts'
import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { isObject, jsonOf } from '../../core/json.ts'
import { labelOf } from '../../core/metadata.ts'
import { readObjects } from '../../core/manifest.ts'
import { idOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import type { HelmRelease } from '../../core/ownership/helm-release.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'

/** The last revision of a release as Helm stores it. */
export interface StoredRelease extends HelmRelease {
  revision: number
  /** Its manifest; hooks and what is in `crds/` are not there. Namespaces are filled in. */
  objects: KubeObject[]
}

const largestUnpacked = 64 * 1024 * 1024

/** A release in its Secret: base64 of gzip of JSON, which the Secret holds in base64 once more (helm `pkg/storage/driver/util.go`). */
const manifestIn = (secret: KubeObject): string | undefined => {
  const data = secret['data']
  const release = isObject(data) ? data['release'] : undefined
  if (typeof release !== 'string') return undefined
  try {
    const packed = Buffer.from(Buffer.from(release, 'base64').toString(), 'base64')
    const content = jsonOf(gunzipSync(packed, { maxOutputLength: largestUnpacked }))
    const manifest = isObject(content) ? content['manifest'] : undefined
    return typeof manifest === 'string' ? manifest : undefined
  } catch {
    // Neither gzip nor JSON: told as what it is by who asked.
    return undefined
  }
}

const placed = (object: KubeObject, namespace: string, discovery: Discovery): KubeObject => {
  const service = serviceOf(discovery, object.apiVersion, object.kind)
  const isPlaceless = object.metadata.namespace === undefined || object.metadata.namespace === ''
  return service.served === 'yes' && service.kind.namespaced && isPlaceless
    ? { ...object, metadata: { ...object.metadata, namespace } }
    : object
}

/**
 * Reads the last revision of a release from Helm's Secrets; undefined where there is none. Refused: one that is not deployed (its objects are half of
 * one revision and half of another), and one that cannot be read.
 */
export const readStored = async (
  cluster: Cluster,
  discovery: Discovery,
  { name, namespace }: HelmRelease,
): Promise<Outcome<StoredRelease | undefined>> => {
  const service = serviceOf(discovery, 'v1', 'Secret')
  if (service.served !== 'yes') throw new Error('the API server serves no Secrets')
  const reply = await cluster.list(service.kind, { namespace, selector: `owner=helm,name=${name}` })
  if (!reply.ok) return bad([problemOfRefusal(reply.refusal)])
  const revisionOf = (secret: KubeObject): number => Number(labelOf(secret, 'version') ?? 0)
  const last = reply.value.toSorted((a, b) => revisionOf(b) - revisionOf(a))[0]
  if (last === undefined) return good(undefined)
  const revision = revisionOf(last)
  const status = labelOf(last, 'status') ?? 'unknown'
  const where = [{ in: 'object', object: idOf(last) } as const]
  if (status !== 'deployed')
    return bad([
      problem({
        code: 'adopt/not-deployed',
        fault: 'world',
        what: `Revision ${revision} of the Helm release ${namespace}/${name} is not deployed: its status is ${status}.`,
        where,
        why: 'What is there may be half of one revision and half of another.',
        fix: `Bring it to an end first: helm upgrade, or helm rollback -n ${namespace} ${name}.`,
      }),
    ])
  const manifest = manifestIn(last)
  const read = manifest === undefined ? undefined : readObjects(manifest, `the Helm release ${name}`)
  if (read === undefined || !read.ok)
    return bad([
      problem({
        code: 'adopt/unreadable',
        fault: 'world',
        what: `Revision ${revision} of the Helm release ${namespace}/${name} cannot be read from its Secret.`,
        where,
        fix: `See whether helm can: helm get manifest -n ${namespace} ${name}. Without it, a plain apply takes over what it finds.`,
      }),
    ])
  const objects = read.value.map(({ object }) => placed(object, namespace, discovery))
  return good({ name, namespace, revision, objects })
}
