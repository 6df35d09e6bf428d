import type { KubeObject } from './object.ts'
import { suggest } from './suggest.ts'
import { apiVersionOf } from './target.ts'
import type { DescribedTarget, ServedKind } from './target.ts'

/** What is known to serve the kinds of a target: the server of its snapshot, or a bare one of its Kubernetes. */
export const serverOf = ({
  kubernetes,
  snapshot,
}: Pick<DescribedTarget, 'kubernetes' | 'snapshot'>): string =>
  snapshot === undefined ? `Kubernetes ${kubernetes}` : `the cluster in ${snapshot}`

/**
 * What would make the kind of an object known, where none of `kinds` is it: the version in which it is served, a better
 * spelling, the CRD that is missing, or a snapshot of the cluster, where there is none.
 */
export const remedyFor = (
  { apiVersion, kind }: KubeObject,
  kinds: ServedKind[],
  { kubernetes, snapshot }: Pick<DescribedTarget, 'kubernetes' | 'snapshot'>,
): string => {
  const served = new Set(kinds.filter((one) => one.kind === kind).map(apiVersionOf))
  if (served.size > 0) return `It is served as ${[...served].join(', ')}: did you mean that?`
  const near = suggest(
    kind,
    kinds.filter((one) => apiVersionOf(one) === apiVersion).map((one) => one.kind),
  )
  if (near !== undefined) return `Did you mean ${near}?`
  return /^[^/]+\.[^/]+\//.test(apiVersion)
    ? `Add the release whose CustomResourceDefinition brings ${kind} in ${apiVersion}${snapshot === undefined ? '; or, if the cluster has it already, name its snapshot (`scout-apply capabilities`) in environments.ENV.snapshot' : ''}.`
    : `Look up how Kubernetes ${kubernetes} calls it.`
}
