import { idOf, nameOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { findKind } from '../../core/target.ts'
import type { DescribedTarget, ServedKind } from '../../core/target.ts'
import { remedyFor, serverOf } from '../../core/unknown-kind.ts'

/** What the cluster will serve: the target's kinds, and those that the CRDs of the set bring. */
export interface Served extends DescribedTarget {
  brought: ServedKind[]
}

const unknown = (object: KubeObject, served: Served): Problem =>
  problem({
    code: 'render/unknown-kind',
    what: `${nameOf(idOf(object))}: neither ${serverOf(served)} nor a CustomResourceDefinition of the set serves the kind ${object.kind} in ${object.apiVersion}.`,
    where: [{ in: 'object', object: idOf(object) }],
    why: 'The API server would refuse it, and nobody can tell whether it belongs into a namespace.',
    fix: remedyFor(object, [...served.kinds, ...served.brought], served),
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
export const placeInScope = (object: KubeObject, namespace: string, served: Served): Outcome<KubeObject> => {
  const { apiVersion } = object
  const kind =
    findKind(served.kinds, apiVersion, object.kind) ?? findKind(served.brought, apiVersion, object.kind)
  if (!kind) return bad([unknown(object, served)])
  const { namespace: named, ...metadata } = object.metadata
  if (kind.namespaced)
    return good(named ? object : { ...object, metadata: { ...object.metadata, namespace } })
  return named === undefined ? good(object) : good({ ...object, metadata } as KubeObject, [dropped(object)])
}
