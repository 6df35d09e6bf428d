import type { KubeObject } from './object.ts'
import { suggest } from './suggest.ts'
import { apiVersionOf } from './target.ts'
import type { ServedKind } from './target.ts'

/**
 * What would make the kind of an object known, where none of `kinds` is it: the version in which it is served, a better
 * spelling, or the CRD that is missing.
 */
export const remedyFor = (
  { apiVersion, kind }: KubeObject,
  kinds: ServedKind[],
  kubernetes: string,
): string => {
  const served = new Set(kinds.filter((one) => one.kind === kind).map(apiVersionOf))
  if (served.size > 0) return `It is served as ${[...served].join(', ')}: did you mean that?`
  const near = suggest(
    kind,
    kinds.filter((one) => apiVersionOf(one) === apiVersion).map((one) => one.kind),
  )
  if (near !== undefined) return `Did you mean ${near}?`
  return /^[^/]+\.[^/]+\//.test(apiVersion)
    ? `Add the release whose CustomResourceDefinition brings ${kind} in ${apiVersion}.`
    : `Look up how Kubernetes ${kubernetes} calls it.`
}
