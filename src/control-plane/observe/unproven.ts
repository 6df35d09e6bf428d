import { anyServiceOf, serviceOf } from '../../core/discovery.ts'
import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import type { Inventory } from '../../core/inventory.ts'
import { mapAt, textAt } from '../../core/readiness/rule.ts'

/**
 * What is served, with groups named as silent whose kinds in the inventory are not served and not proven to be gone either: a CRD
 * that serves none of its versions (or is not served yet, by a server that has just started) still has its objects stored. Where CRDs may
 * not be listed, nothing is proven.
 */
export const withUnproven = async (
  cluster: Cluster,
  discovery: Discovery,
  inventory: Inventory | undefined,
): Promise<Discovery> => {
  const unserved = Array.from(inventory?.entries.values() ?? [], (entry) => entry.id).filter(
    (id) => id.group !== '' && anyServiceOf(discovery, id).served === 'no',
  )
  if (unserved.length === 0) return discovery
  const crds = serviceOf(discovery, 'apiextensions.k8s.io/v1', 'CustomResourceDefinition')
  const reply = crds.served === 'yes' ? await cluster.list(crds.kind, {}) : undefined
  const defined = reply?.ok
    ? new Set(
        reply.value.map((crd) => {
          const spec = mapAt(crd, 'spec')
          return `${textAt(spec, 'group')}/${textAt(mapAt(spec, 'names'), 'kind')}`
        }),
      )
    : undefined
  const unproven = unserved.filter(({ group, kind }) => defined?.has(`${group}/${kind}`) ?? true)
  return { ...discovery, silent: [...discovery.silent, ...unproven.map((id) => id.group)] }
}
