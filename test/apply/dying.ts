import type { Cluster } from '../../src/core/effects/cluster.ts'

/** What a process dies of. */
class Killed extends Error {}

/** The real cluster, to a process that dies at its nth write. The lock is not counted, so that nobody has to wait for its end; dry runs write nothing. */
export const dyingAt = (cluster: Cluster, writes: number): { cluster: Cluster; wrote: () => number } => {
  let wrote = 0
  const mortal =
    <A extends [{ kind: { plural: string } }, ...unknown[]], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const isQuestion = args.some(
        (one) => typeof one === 'object' && one !== null && 'dryRun' in one && one.dryRun === true,
      )
      if (!isQuestion && args[0].kind.plural !== 'leases' && wrote++ >= writes) throw new Killed()
      return await write(...args)
    }
  return {
    wrote: () => wrote,
    cluster: {
      ...cluster,
      apply: mortal(cluster.apply),
      create: mortal(cluster.create),
      update: mortal(cluster.update),
      patch: mortal(cluster.patch),
      remove: mortal(cluster.remove),
    },
  }
}

/** Whether a run came to its good end: false where it was refused or died. */
export const finished = async (run: () => Promise<{ problems?: unknown }>): Promise<boolean> => {
  try {
    return (await run()).problems === undefined
  } catch (error) {
    if (error instanceof Killed) return false
    throw error
  }
}
