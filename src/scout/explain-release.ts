import type { Values } from '../command-line/command.ts'
import { forgetful } from '../core/effects/memory.ts'
import { exitCodes } from '../core/problem.ts'
import { describeQuestions } from '../report/explain.ts'
import { paintIn } from '../report/paint.ts'
import { explainReleases } from '../staging/pipeline.ts'
import type { environmentOption, siteOptions } from './options.ts'
import { openRun } from './run.ts'

/** Tells what the templates of one release ask of the cluster, in each environment that has it. */
export const explainRelease = async (
  release: string,
  options: Values<typeof siteOptions & typeof environmentOption>,
): Promise<number> => {
  const { system, step, answer, terminal } = openRun(options)
  const explained = await explainReleases(
    { environments: options.env, selection: { only: [release], shard: null } },
    { ...system, memory: forgetful },
    step,
  )
  const found = explained.filter(({ releases }) => releases.length > 0)
  const paint = paintIn(terminal.out.colour)
  answer(
    found,
    found
      .map(({ environment, releases }) =>
        releases.map((one) => `${environment}: ${describeQuestions(one, paint)}`).join('\n'),
      )
      .join('\n'),
  )
  return exitCodes.done
}
