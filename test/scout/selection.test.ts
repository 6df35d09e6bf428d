import test from 'ava'
import { selectionOf } from '../../src/scout/selection.ts'

const partOf = (shard: string, environment: NodeJS.ProcessEnv): unknown => {
  const found = selectionOf({ only: [], shard }, environment)
  return found.ok ? found.value.shard : found.problems.map(({ what }) => what).join()
}

const systems: [name: string, environment: NodeJS.ProcessEnv, index: number][] = [
  ['GitLab counts from 1', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3' }, 1],
  ['CircleCI counts from 0', { CIRCLE_NODE_INDEX: '0', CIRCLE_NODE_TOTAL: '3' }, 1],
  ['Buildkite counts from 0', { BUILDKITE_PARALLEL_JOB: '2', BUILDKITE_PARALLEL_JOB_COUNT: '3' }, 3],
  ['Bitbucket counts from 0', { BITBUCKET_PARALLEL_STEP: '1', BITBUCKET_PARALLEL_STEP_COUNT: '3' }, 2],
  ['Semaphore counts from 1', { SEMAPHORE_JOB_INDEX: '3', SEMAPHORE_JOB_COUNT: '3' }, 3],
  ['Azure counts from 1', { SYSTEM_JOBPOSITIONINPHASE: '2', SYSTEM_TOTALJOBSINPHASE: '3' }, 2],
]

test('a shard is given as i/n, or taken from what CI systems tell a parallel job', (t) => {
  t.deepEqual(partOf('2/4', {}), { index: 2, of: 4 })
  for (const [name, environment, index] of systems)
    t.deepEqual(partOf('auto', environment), { index, of: 3 }, name)
})

test('a shard that is no part of a whole is refused, and auto where no CI system is seen', (t) => {
  for (const wrong of ['0/4', '5/4', '1', '1/', '/4', 'a/b', '-1/4', '1/0', ''])
    t.regex(String(partOf(wrong, {})), /no part of a whole/)
  t.regex(String(partOf('auto', {})), /none of the variables/)
  t.regex(
    String(partOf('auto', { CI_NODE_INDEX: '4', CI_NODE_TOTAL: '3' })),
    /CI_NODE_INDEX and CI_NODE_TOTAL say 4\/3/,
  )
  t.regex(String(partOf('auto', { CI_NODE_INDEX: '1' })), /no part of a whole/)
})
