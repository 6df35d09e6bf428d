import type { Cluster } from '../../core/effects/cluster.ts'
import { uidOf } from '../../core/live.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { Trust } from '../../core/trust.ts'

/** Every API server has it, from its first start on, and its UID is nobody else's. */
const kubeSystem = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false }

const howToSee = 'kubectl get ns kube-system -o jsonpath={.metadata.uid}'

/**
 * The UID of the cluster's Namespace kube-system, by which it is told from every other one; null where this user may not read it.
 */
export const identityOf = async (cluster: Cluster): Promise<Outcome<string | null>> => {
  const reply = await cluster.get({ kind: kubeSystem, namespace: '', name: 'kube-system' })
  if (reply.ok) return good(reply.value ? uidOf(reply.value) : null)
  return reply.refusal.status === 403 ? good(null) : bad([problemOfRefusal(reply.refusal)])
}

/**
 * Whether the cluster that the kubeconfig leads to is the one that the trust file speaks of, where that says so (`clusterId`). Read only, and before
 * anything else is asked.
 */
export const identify = async (
  { cluster: name, clusterId, file }: Pick<Trust, 'cluster' | 'clusterId' | 'file'>,
  cluster: Cluster,
): Promise<Outcome<void>> => {
  if (clusterId === undefined) return good(undefined)
  const found = await identityOf(cluster)
  if (!found.ok) return found
  if (found.value === clusterId) return good(undefined)
  const where = [
    { in: 'file', file },
    { in: 'cluster', server: cluster.server },
  ] as const
  if (found.value === null)
    return bad([
      problem({
        code: 'cluster/unknown-identity',
        fault: 'world',
        what: `Nothing says that ${cluster.server} is ${name}: its Namespace kube-system cannot be read.`,
        where: [...where],
        why: `${file} names the cluster by the UID of that Namespace.`,
        fix: 'Grant the verb "get" on the Namespace kube-system, or use the kubeconfig of somebody who has it.',
      }),
    ])
  return bad([
    problem({
      code: 'cluster/other-cluster',
      what: `This is not ${name}: the Namespace kube-system of ${cluster.server} has the UID ${found.value}, and ${file} says ${clusterId}.`,
      where: [...where],
      why: `What is right for one cluster can take another one down. The access was read from ${cluster.access}.`,
      fix: `Name the kubeconfig of ${name}; or, where the cluster was made anew, put what this says into clusterId: ${howToSee}`,
    }),
  ])
}
