import type { KubeObject } from '../../core/object.ts'
import { suggest } from '../../core/suggest.ts'
import { apiVersionOf } from '../../core/target.ts'
import type { ServedKind } from '../../core/target.ts'
import type { Words } from './words.ts'

/** What to do about an object whose kind nobody serves: another version of it, a name like it, or a CRD that is not in the set. */
export const unknownKind = (object: KubeObject, kinds: ServedKind[], kubernetes: string): Words => {
  const { apiVersion, kind } = object
  const served = kinds.filter((one) => one.kind === kind).map(apiVersionOf)
  const alike = suggest(
    kind,
    new Set(kinds.filter((one) => apiVersionOf(one) === apiVersion).map((one) => one.kind)),
  )
  const what =
    served.length > 0
      ? `is of ${apiVersion}, which the target does not serve: it serves ${kind} as ${served.join(' and ')}.`
      : `is of a kind that neither Kubernetes ${kubernetes} nor a CRD of the set knows: ${apiVersion} ${kind}.`
  const fix =
    served.length > 0
      ? `Render it as ${served[0]}: a newer chart does, or values that choose the API version.`
      : alike === undefined
        ? 'Add the release that brings its CustomResourceDefinition to the set, or leave the object out.'
        : `Did you mean ${alike}?`
  return {
    slug: 'unknown-kind',
    what,
    why: 'The API server would answer that there is no such resource.',
    fix,
  }
}
