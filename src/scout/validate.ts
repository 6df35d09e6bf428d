import { command } from '../command-line/command.ts'
import { exitCodes } from '../core/problem.ts'
import { renderEnvironments, requireFresh } from '../staging/pipeline.ts'
import { environmentOption, siteOptions } from './options.ts'
import { openRun } from './run.ts'
import { selectionOf, selectionOptions } from './selection.ts'

export default command({
  summary:
    "Judges every object as the target's API server would, and tells whether rendered/ is what releases/ renders to. Writes nothing.",
  arguments: [],
  options: { ...siteOptions, ...environmentOption, ...selectionOptions },
  examples: [
    ['scout validate', 'what CI runs on a merge request'],
    ['scout validate --env staging --output json', 'one environment, for a program'],
    ['scout validate --shard auto', 'the part of this job, where CI runs several in parallel'],
  ],
  run: async ({ options }) => {
    const { system, step, answer } = openRun(options)
    const selection = await step('read the options', async () => selectionOf(options, process.env))
    const rendered = await renderEnvironments(
      { environments: options.env, selection, undecided: 'error' },
      system,
      step,
    )
    await step('compare with rendered/', () => requireFresh(rendered, selection, system))
    const environments = rendered.map(({ set, files }) => ({
      environment: set.environment,
      objects: files.size,
      kubernetes: set.site.target.kubernetes,
    }))
    answer(
      { environments },
      environments
        .map(
          ({ environment, objects, kubernetes }) =>
            `${environment}: ${objects} objects are valid for Kubernetes ${kubernetes}, and rendered/ holds them\n`,
        )
        .join(''),
    )
    return exitCodes.done
  },
})
