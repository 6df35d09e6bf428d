import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { Release } from '../../core/records.ts'

/** A link among what a release is made of; `why` says what would come of it. */
export const linkProblem = ({ name }: Release, path: string, why: string): Problem =>
  problem({
    code: 'resolve/link',
    what: `${path}, of release ${name}, is a link, and none is followed.`,
    where: [{ in: 'file', file: path }],
    why,
    fix: 'Put a copy of the file or folder in its place.',
  })
