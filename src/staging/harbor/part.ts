import type { HarborKept, HarborStep } from '../../core/harbor/plan.ts'
import type { Problem } from '../../core/problem.ts'

/** What is to be done of one thing that the site declares. */
export interface Part {
  steps: HarborStep[]
  kept: HarborKept[]
  problems: Problem[]
}

/** What the operator told beside the site file. */
export interface Told {
  /** Names of what somebody else made and scout is to keep from now on. */
  adopt: string[]
  /** By robot: the file for its login, and what is in it now. */
  files: ReadonlyMap<string, RobotFile>
}

/** Where a robot's login goes: `user` is who logs in by it now, null where there is nothing in it yet. */
export interface RobotFile {
  file: string
  user: string | null
}
