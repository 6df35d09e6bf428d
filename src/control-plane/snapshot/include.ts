import { groupKindOf } from '../../core/object.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { DiscoveredResource } from '../../core/stand-in/knowledge.ts'
import { suggest } from '../../core/suggest.ts'

const refuse = (slug: string, what: string, fix: string, why?: string): Problem =>
  problem({ code: `snapshot/${slug}`, fault: 'usage', what, ...(why !== undefined && { why }), fix })

const isSecret = ({ group, kind }: Pick<DiscoveredResource, 'group' | 'kind'>): boolean =>
  group === '' && kind === 'Secret'

const secret = refuse(
  'secret',
  'Secrets are not taken into a snapshot.',
  'Leave it out. Secrets that people make are declared as `supplied` in release.yaml.',
  'Their values would leave the cluster, and end up in git.',
)

const unknown = (word: string, resources: DiscoveredResource[]): Problem => {
  const near = suggest(
    word,
    resources.flatMap((one) => [one.kind, groupKindOf(one)]),
  )
  return refuse(
    'unknown-kind',
    `The cluster serves no kind ${word}.`,
    near === undefined
      ? 'Name it as `kubectl api-resources` does under KIND, with its group where two kinds are called so: Issuer.cert-manager.io.'
      : `Did you mean ${near}?`,
  )
}

/** The kind that `--include` names (`ConfigMap`, `Issuer.cert-manager.io`), in the version that the server prefers, or why not. */
export const includedKind = (
  word: string,
  resources: DiscoveredResource[],
): { resource: DiscoveredResource } | { problem: Problem } => {
  if (/^secrets?$/i.test(word)) return { problem: secret }
  const named = resources.filter((one) => one.kind === word || groupKindOf(one) === word)
  const byGroup = new Map(named.toReversed().map((one) => [groupKindOf(one), one]))
  // `Service` is the core group's own, whatever other group has one, too.
  const resource = byGroup.get(word) ?? [...byGroup.values()][0]
  if (resource === undefined) return { problem: unknown(word, resources) }
  if (byGroup.size > 1 && !byGroup.has(word)) {
    const choices = [...byGroup.keys()].sort().join(', ')
    return {
      problem: refuse('ambiguous-kind', `Several groups serve a kind ${word}.`, `Name one of ${choices}.`),
    }
  }
  if (isSecret(resource)) return { problem: secret }
  return resource.verbs.includes('list')
    ? { resource }
    : { problem: refuse('no-list', `The cluster keeps no list of ${word}.`, 'Leave it out.') }
}
