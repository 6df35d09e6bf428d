import { serviceOf } from '../../core/discovery.ts'
import { keyOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { failed, mapAt, ready, textAt, waiting } from '../../core/readiness/rule.ts'
import type { Readiness } from '../../core/readiness/rule.ts'
import type { Run } from './run.ts'

/**
 * How a Job ended that its time to live has removed before anybody looked: its events outlive it. `Completed` is what the Job controller
 * says of one that succeeded (`pkg/controller/job/job_controller.go`); a warning says why it failed.
 */
export const endOfGoneJob = async (run: Run, id: ObjectId): Promise<Readiness> => {
  const uid = run.journal.content.entries.get(keyOf(id))?.uid ?? ''
  const unknown = waiting('it is gone, and no event says how it ended')
  const events = serviceOf(run.discovery, 'v1', 'Event')
  if (events.served !== 'yes' || uid === '') return unknown
  const reply = await run.cluster.list(events.kind, { namespace: id.namespace })
  if (!reply.ok) return unknown
  const told = reply.value.filter((event) => textAt(mapAt(event, 'involvedObject'), 'uid') === uid)
  if (told.some((event) => textAt(event, 'reason') === 'Completed')) return ready
  const warning = told.find((event) => textAt(event, 'type') === 'Warning')
  return warning
    ? failed(`it is gone, and its last event was ${textAt(warning, 'reason')}: ${textAt(warning, 'message')}`)
    : unknown
}
