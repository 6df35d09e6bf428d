import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import type { Selection } from '../core/selection.ts'

export const selectionOptions = {
  only: { value: 'RELEASE', many: true, help: 'only this release, and what has to be known of the others' },
  shard: {
    value: 'i/n',
    help: "only the i-th of n parts of the releases; auto: as CI's own variables of a parallel job say",
  },
} as const

/** How CI systems tell a job which one of how many it is, and from where they count. */
const jobVariables = [
  { of: 'GitLab', index: 'CI_NODE_INDEX', total: 'CI_NODE_TOTAL', first: 1 },
  { of: 'CircleCI', index: 'CIRCLE_NODE_INDEX', total: 'CIRCLE_NODE_TOTAL', first: 0 },
  { of: 'Buildkite', index: 'BUILDKITE_PARALLEL_JOB', total: 'BUILDKITE_PARALLEL_JOB_COUNT', first: 0 },
  { of: 'Bitbucket', index: 'BITBUCKET_PARALLEL_STEP', total: 'BITBUCKET_PARALLEL_STEP_COUNT', first: 0 },
  { of: 'Semaphore', index: 'SEMAPHORE_JOB_INDEX', total: 'SEMAPHORE_JOB_COUNT', first: 1 },
  { of: 'Azure', index: 'SYSTEM_JOBPOSITIONINPHASE', total: 'SYSTEM_TOTALJOBSINPHASE', first: 1 },
] as const

const usage = (what: string, fix: string): Outcome<never> =>
  bad([problem({ code: 'usage/wrong', fault: 'usage', what, fix })])

const partOf = (text: string, environment: NodeJS.ProcessEnv): Outcome<Selection['shard']> => {
  const told =
    text === 'auto' ? jobVariables.find(({ index }) => environment[index] !== undefined) : undefined
  if (text === 'auto' && told === undefined)
    return usage(
      '--shard auto found none of the variables by which CI systems number parallel jobs.',
      `Give the part, such as --shard 1/4, or set ${jobVariables.map(({ index, total }) => `${index} and ${total}`).join(', or ')}.`,
    )
  const written = told ? `${environment[told.index]}/${environment[told.total] ?? ''}` : text
  const [, first = '', total = ''] = /^(\d{1,4})\/(\d{1,4})$/.exec(written) ?? []
  const [index, of] = [Number(first) + (told ? 1 - told.first : 0), Number(total)]
  if (first !== '' && index >= 1 && index <= of) return good({ index, of })
  const where = told ? `${told.index} and ${told.total} say ${written}` : `--shard is "${text}"`
  return usage(
    `${where}, which is no part of a whole.`,
    'Give the part and the number of parts, such as --shard 1/4.',
  )
}

/** What the options select. */
export const selectionOf = (
  { only, shard }: { only: string[]; shard: string | undefined },
  environment: NodeJS.ProcessEnv,
): Outcome<Selection> => {
  if (shard === undefined) return good({ only, shard: null })
  const part = partOf(shard, environment)
  return part.ok ? good({ only, shard: part.value }) : part
}
