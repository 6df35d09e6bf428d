import { inventoryNamespace, labels } from '../../core/applyset.ts'
import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import { secretKind } from './read.ts'

/** As `scout bundle` makes them: SITE-ENVIRONMENT. */
const setForm = /^[a-z0-9]([-a-z0-9]{0,100}[a-z0-9])?$/
const prefix = 'scout-'

const usage = (what: string, fix: string): Outcome<never> =>
  bad([problem({ code: 'usage/no-set', fault: 'usage', what, fix })])

/**
 * The set that is meant where no bundle says it: the one that is named, else the only one that has an inventory on this cluster. Several are
 * named in the refusal.
 */
export const findSet = async (
  cluster: Cluster,
  discovery: Discovery,
  named: string | undefined,
): Promise<Outcome<string>> => {
  if (named !== undefined)
    return setForm.test(named)
      ? good(named)
      : usage(
          `"${named}" is no name of a set.`,
          'A set is called SITE-ENVIRONMENT, such as sample-production.',
        )
  const reply = await cluster.list(secretKind(discovery), {
    namespace: inventoryNamespace,
    selector: labels.id,
    metadataOnly: true,
  })
  if (!reply.ok) return bad([problemOfRefusal(reply.refusal)])
  const names = new Set(reply.value.map((one) => one.metadata.name))
  // Parts of an inventory are called after it.
  const sets = Array.from(names)
    .filter((name) => name.startsWith(prefix) && !name.includes('.'))
    .map((name) => name.slice(prefix.length))
    .sort()
  const [only, ...more] = sets
  if (only === undefined)
    return usage('No set was ever applied to this cluster.', 'Apply a bundle first: scout-apply BUNDLE.')
  return more.length === 0
    ? good(only)
    : usage(
        `There are several sets on this cluster: ${sets.join(', ')}.`,
        'Name the one that is meant: --set NAME.',
      )
}
