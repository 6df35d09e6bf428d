import { keyOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { lookInto, readLogs } from '../../core/why/look.ts'
import type { Why } from '../../core/why/look.ts'
import type { Run } from './run.ts'

/**
 * What is wrong below an object: `Pod web-1: container app crashes: …`, with words '' where nothing tells. It only explains another problem, so a
 * refused question is no problem of its own.
 */
export const findTrouble = async (run: Run, id: ObjectId): Promise<Why> => {
  const live = run.live.get(keyOf(id))
  return live ? await lookInto(live, run) : { words: '', reasons: [], warnings: [] }
}

/** Shows the last lines of the logs that tell more of what is wrong. They are told apart from problems, so that no record can hold them. */
export const showLogs = async (run: Run, { reasons }: Why): Promise<void> => {
  for (const tail of await readLogs(reasons, run)) run.tell({ tell: 'log', ...tail })
}
