import { idOf, nameOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { suggest } from '../../core/suggest.ts'
import { apiVersionOf, findKind } from '../../core/target.ts'
import type { Target } from '../../core/target.ts'

/** What would make an unknown kind known: the version in which it is served, a better spelling, or the CRD that is missing. */
const remedyFor = ({ apiVersion, kind }: KubeObject, { kinds, kubernetes }: Target): string => {
  const served = Array.from(new Set(kinds.filter((one) => one.kind === kind).map(apiVersionOf)))
  if (served.length > 0) return `It is served as ${served.join(', ')}: did you mean that?`
  const near = suggest(
    kind,
    kinds.filter((one) => apiVersionOf(one) === apiVersion).map((one) => one.kind),
  )
  if (near) return `Did you mean ${near}?`
  return /^[^/]+\.[^/]+\//.test(apiVersion)
    ? `Add the release whose CustomResourceDefinition brings ${kind} in ${apiVersion}.`
    : `Look up how Kubernetes ${kubernetes} calls it.`
}

const unknown = (object: KubeObject, target: Target): Problem =>
  problem({
    code: 'render/unknown-kind',
    what: `${nameOf(idOf(object))}: neither Kubernetes ${target.kubernetes} nor a CustomResourceDefinition of the set serves the kind ${object.kind} in ${object.apiVersion}.`,
    where: [{ in: 'object', object: idOf(object) }],
    why: 'The API server would refuse it, and nobody can tell whether it belongs into a namespace.',
    fix: remedyFor(object, target),
  })

const dropped = (object: KubeObject): Problem =>
  problem({
    code: 'render/needless-namespace',
    severity: 'warning',
    what: `${nameOf(idOf(object))} names a namespace, but objects of its kind belong to the whole cluster.`,
    where: [{ in: 'object', object: idOf(object) }],
    why: 'The API server takes the namespace out, so it is left out here.',
    fix: 'Take metadata.namespace out of the template.',
  })

/**
 * The object with its namespace as its scope has it: the release's where a namespaced object names none, as helm would have it
 * applied, and none on an object of cluster scope. An error for a kind that nothing serves.
 */
export const placeInScope = (object: KubeObject, namespace: string, target: Target): Outcome<KubeObject> => {
  const kind = findKind(target.kinds, object.apiVersion, object.kind)
  if (!kind) return bad([unknown(object, target)])
  const named = (object.metadata.namespace ?? '') !== ''
  if (kind.namespaced)
    return good(named ? object : { ...object, metadata: { ...object.metadata, namespace } })
  if (!('namespace' in object.metadata)) return good(object)
  const { namespace: _, ...metadata } = object.metadata
  return good({ ...object, metadata } as KubeObject, named ? [dropped(object)] : [])
}
