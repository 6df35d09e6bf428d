import { problem } from '../problem.ts'
import type { Problem } from '../problem.ts'

/** Says of one bundle why it is refused. */
export type Refuse = (
  slug: string,
  what: string,
  more?: { member?: string; why?: string; fix?: string },
) => Problem

const fetchAgain = 'Build or fetch the bundle again, and do not apply this file.'

/** The refusals of the bundle of this name: `verify/SLUG`, at the bundle or at a member of it. */
export const refusalOf =
  (bundle: string): Refuse =>
  (slug, what, { member, why, fix = fetchAgain } = {}) =>
    problem({
      code: `verify/${slug}`,
      what,
      where: [{ in: 'bundle', bundle, ...(member === undefined ? {} : { member }) }],
      ...(why === undefined ? {} : { why }),
      fix,
    })
