import type { BundleManifest } from '../../core/bundle/format.ts'
import type { Refuse } from '../../core/bundle/refusal.ts'
import { instantOf } from '../../core/bundle/time.ts'
import type { Problem } from '../../core/problem.ts'
import type { Trust } from '../../core/trust.ts'

/** Whether the bundle is meant for this cluster and for this time; with `allowExpired` its end is no more than a warning. Without a trust file the cluster has no name to compare. */
export const checkPurpose = (
  { cluster, notAfter }: BundleManifest,
  trust: Trust | undefined,
  now: number,
  allowExpired: boolean,
  refuse: Refuse,
): Problem[] => {
  const found: Problem[] = []
  if (trust !== undefined && trust.cluster !== cluster)
    found.push(
      refuse('other-cluster', `It is for the cluster "${cluster}", and this one is "${trust.cluster}".`, {
        why: 'What is right for one cluster can take another one down.',
        fix: `Apply it where the trust file says "${cluster}", or bundle the environment of this cluster.`,
      }),
    )
  const end = notAfter === null ? undefined : instantOf(notAfter)
  if (end !== undefined && now >= end)
    found.push({
      ...refuse('too-old', `It must not be applied after ${notAfter}.`, {
        fix: 'Build a new bundle. If it should still be valid, check the clock of this machine.',
      }),
      severity: allowExpired ? 'warning' : 'error',
    })
  return found
}
