import type { Told } from '../../core/stepper.ts'
import { isTimed } from './elapsed.ts'

type StageState = Extract<Told, { tell: 'stage' }>['state']
type SubjectTold = Extract<Told, { tell: 'subject' }>
type ObjectTold = Extract<Told, { tell: 'object' }>

export interface Stage {
  name: string
  state: StageState
  note: string
}

/** An object of a release that is not ready. */
export interface Waiting {
  name: string
  state: ObjectTold['state']
  /** What it waits for. */
  note: string
}

/** A release with what was last told of it, at whatever stage. */
export interface Subject {
  name: string
  stage: string
  state: SubjectTold['state']
  note: string
  ready: SubjectTold['ready']
  /** Milliseconds since 1970: when it was begun at this stage; undefined as long as it is not. */
  since: number | undefined
  /** When it was last told of. */
  last: number
  /** By name; none once it is done or has failed. */
  objects: Map<string, Waiting>
}

/** How a run stands: its stages in the order of their start, and its subjects in the order in which they were first told of. */
export interface Board {
  stages: Map<string, Stage>
  subjects: Map<string, Subject>
}

export const emptyBoard = (): Board => ({ stages: new Map(), subjects: new Map() })

const isOver = (state: Subject['state']): boolean => state === 'done' || state === 'failed'

/** Whether a release is being applied just now. */
export const isTicking = ({ stages, subjects }: Board): boolean =>
  Array.from(subjects.values()).some(
    ({ stage, since, state }) =>
      isTimed(stage) && since !== undefined && !isOver(state) && stages.get(stage)?.state === 'started',
  )

const noteSubject = (board: Board, told: SubjectTold, now: number): void => {
  const before = board.subjects.get(told.subject)
  const same = before?.stage === told.stage ? before : undefined
  const begins = told.state === 'working' || told.note !== undefined
  board.subjects.set(told.subject, {
    name: told.subject,
    stage: told.stage,
    state: told.state,
    note: told.note ?? '',
    ready: told.ready,
    since: same?.since ?? (begins ? now : undefined),
    last: now,
    objects: same && !isOver(told.state) ? same.objects : new Map(),
  })
}

const noteObject = (board: Board, told: ObjectTold): void => {
  const objects = board.subjects.get(told.subject)?.objects
  if (told.state === 'done') objects?.delete(told.object)
  else objects?.set(told.object, { name: told.object, state: told.state, note: told.note ?? '' })
}

/** Writes down what was told at a time (in milliseconds since 1970). */
export const note = (
  board: Board,
  told: Extract<Told, { tell: 'stage' | 'subject' | 'object' }>,
  now: number,
): void => {
  if (told.tell === 'stage')
    board.stages.set(told.stage, { name: told.stage, state: told.state, note: told.note ?? '' })
  else if (told.tell === 'subject') noteSubject(board, told, now)
  else noteObject(board, told)
}
