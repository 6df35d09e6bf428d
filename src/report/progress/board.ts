import type { Told } from '../../core/stepper.ts'

type StageState = Extract<Told, { tell: 'stage' }>['state']
type SubjectState = Extract<Told, { tell: 'subject' }>['state']

export interface Stage {
  name: string
  state: StageState
  note: string
}

/** A release (or an object) with what was last told of it, at whatever stage. */
export interface Subject {
  name: string
  stage: string
  state: SubjectState
  note: string
}

/** How a run stands: its stages in the order of their start, and its subjects in the order in which they were first told of. */
export interface Board {
  stages: Map<string, Stage>
  subjects: Map<string, Subject>
}

export const emptyBoard = (): Board => ({ stages: new Map(), subjects: new Map() })

/** Writes down what was told. */
export const note = (board: Board, told: Extract<Told, { tell: 'stage' | 'subject' }>): void => {
  if (told.tell === 'stage')
    board.stages.set(told.stage, { name: told.stage, state: told.state, note: told.note ?? '' })
  else
    board.subjects.set(told.subject, {
      name: told.subject,
      stage: told.stage,
      state: told.state,
      note: told.note ?? '',
    })
}
