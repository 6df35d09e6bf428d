import type { Cluster } from '../../core/effects/cluster.ts'

/**
 * The cluster as whoever holds a lock writes it: once the lock is lost nothing more is sent, not even what was sent before and is to be sent again, or waits
 * for its turn. Questions may still be asked.
 */
export const fenced = (cluster: Cluster, lost: AbortSignal): Cluster => {
  const until = <O extends object>(options: O): O =>
    'dryRun' in options && options.dryRun ? options : { ...options, until: lost }
  return {
    ...cluster,
    apply: async (address, object, options) => await cluster.apply(address, object, until(options)),
    create: async (address, object, options) => await cluster.create(address, object, until(options)),
    update: async (address, object, options) => await cluster.update(address, object, until(options)),
    patch: async (address, operations, options) => await cluster.patch(address, operations, until(options)),
    remove: async (address, options) => await cluster.remove(address, until(options)),
  }
}
