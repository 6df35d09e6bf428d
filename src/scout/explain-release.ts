import { exitCodeOf } from '../core/problem.ts'
import { describeQuestions } from '../report/explain.ts'
import { paintIn } from '../report/paint.ts'
import { printProblems } from '../report/problems.ts'
import { explainReleases } from '../staging/pipeline.ts'
import { askedAlone } from './asked-alone.ts'
import type { AskOptions } from './asked-alone.ts'
import { openRun } from './run.ts'

/** Tells what the templates of one release ask of the cluster, in each environment that has it; then, where it does not render, why not. */
export const explainRelease = async (release: string, options: AskOptions): Promise<number> => {
  const { system, step, answer, terminal, json, verbose } = openRun(options)
  await step('read the options', async () => askedAlone('explain', options))
  const { out, err } = terminal
  const explained = await explainReleases(
    { environments: options.env, selection: { only: [release], shard: null } },
    system,
    step,
  )
  const found = explained.filter(({ releases, problems }) => releases.length + problems.length > 0)
  const paint = paintIn(out.colour)
  answer(
    found,
    found
      .flatMap(({ environment, releases }) =>
        releases.map((one) => `${environment}: ${describeQuestions(one, paint)}`),
      )
      .join('\n'),
  )
  const problems = found.flatMap((one) => one.problems)
  if (!json) err.write(printProblems(problems, { colour: err.colour, verbose }))
  return exitCodeOf(problems)
}
