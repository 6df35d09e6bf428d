import type { Cluster } from '../../core/effects/cluster.ts'
import type { Live } from '../../core/live.ts'
import { keyOf } from '../../core/object.ts'
import type { ObjectStatus, SetStatus } from '../../core/status.ts'
import type { Tell } from '../../core/stepper.ts'
import { lookInto, readLogs } from '../../core/why/look.ts'

/** So many objects are looked into, and so many of their warnings are told: they mostly wait for the same. */
const mostObjects = 20
const mostEvents = 3

/**
 * A status in which what is not ready says why, down to its Pods, with its last warnings. The last lines of logs are told, and are no part of it. Only
 * reads; what may not be read is left out.
 */
export const explain = async (
  status: SetStatus,
  live: Live,
  { cluster, tell }: { cluster: Pick<Cluster, 'list' | 'log'>; tell: Tell },
): Promise<SetStatus> => {
  const system = { cluster, discovery: live.discovery }
  let left = mostObjects
  const objects: ObjectStatus[] = []
  for (const one of status.objects) {
    const object = live.members.get(keyOf(one.id))
    const isOfInterest = one.state === 'waiting' || one.state === 'failed'
    if (!isOfInterest || object === undefined || left-- <= 0) {
      objects.push(one)
      continue
    }
    const { words, reasons, warnings } = await lookInto(object, system)
    for (const tail of await readLogs(reasons, system)) tell({ tell: 'log', ...tail })
    objects.push({
      ...one,
      why: words === '' ? one.why : `${one.why}; ${words}`,
      events: warnings
        .slice(-mostEvents)
        .map(({ reason, message, count, last }) => ({ reason, message, count, last })),
    })
  }
  return { ...status, objects }
}
