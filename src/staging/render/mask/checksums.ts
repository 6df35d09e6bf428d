import { createHash } from 'node:crypto'
import { canonicalJson, isObject } from '../../../core/json.ts'
import type { Json } from '../../../core/json.ts'
import type { KubeObject } from '../../../core/object.ts'
import { podReferences } from '../../../core/pod-references.ts'
import type { Path } from '../../../core/pointer.ts'
import { replaceAt } from '../../../core/pointer.ts'
import type { Difference } from './differences.ts'
import { valueAt } from './field.ts'

const hexForm = /^[0-9a-f]{4,64}$/

const isHex = (value: Json | undefined): value is string => typeof value === 'string' && hexForm.test(value)

const saysChecksum = /checksum|hash|sha256/i

/**
 * Whether a difference in `object` is a checksum over something that is random: an annotation that is 4 to 64 hex digits in both renders, and as many,
 * and which only rolls pods: it is one of a Pod or of a pod template (`…/template/metadata/annotations`, in custom resources as well), or is one of the
 * object whose key says so. Any other may mean something, and a digest of ours in its place would be wrong in silence.
 */
export const isChecksum = (object: KubeObject, { path, first, second }: Difference): boolean => {
  const [map, annotations, key] = path.slice(-3)
  if (map !== 'metadata' || annotations !== 'annotations') return false
  const isOfPods = path.at(-4) === 'template' || (object.kind === 'Pod' && object.apiVersion === 'v1')
  if (!isOfPods && !(path.length === 3 && saysChecksum.test(String(key)))) return false
  return isHex(first) && isHex(second) && first.length === second.length
}

/** From what bears the annotation to the spec of its pods: itself a Pod or a pod template, a workload, a CronJob. */
const ways: Path[] = [
  ['spec'],
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
]

const isConfiguration = ({ kind, apiVersion }: KubeObject): boolean =>
  apiVersion === 'v1' && (kind === 'Secret' || kind === 'ConfigMap')

/** What of a Secret or a ConfigMap a pod can see; annotations of its own would make digests depend on each other. */
const contentOf = ({ kind, metadata, data, stringData, binaryData }: KubeObject): string =>
  canonicalJson([kind, metadata.name, data ?? null, stringData ?? null, binaryData ?? null])

/**
 * An object with a digest in place of the checksum at `path`: of the Secrets and ConfigMaps of the release that the pods of what bears the annotation
 * refer to, and of all of them where they refer to none. `masked` are all objects of the release, with placeholders. Only what the chart's own
 * checksum was for is lost, and not for long: it rolls pods when the configuration that they read changes, and so does this one, also for what
 * the chart had left out; when a site value is rotated, nothing here changes, and scout-apply rolls the pods by a keyed digest that
 * it adds. Nothing secret goes in, so nothing can be guessed from it.
 */
export const withDigest = (object: KubeObject, path: Path, masked: KubeObject[]): KubeObject => {
  const checksum = valueAt(object, path)
  if (!isHex(checksum)) return object
  const bearer = path.slice(0, -3)
  const referred = new Set(
    ways.flatMap((way) => {
      const spec = valueAt(object, [...bearer, ...way])
      return isObject(spec) ? podReferences(spec).map(({ kind, name }) => `${kind} ${name}`) : []
    }),
  )
  const configuration = masked.filter(isConfiguration)
  const mine = configuration.filter(({ kind, metadata }) => referred.has(`${kind} ${metadata.name}`))
  const contents = (mine.length > 0 ? mine : configuration).map(contentOf).sort()
  const digest = createHash('sha256').update(contents.join('\n')).digest('hex')
  return replaceAt(object, path, digest.slice(0, checksum.length)) as KubeObject
}
