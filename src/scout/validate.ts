import { command } from '../command-line/command.ts'
import { exitCodes } from '../core/problem.ts'
import { renderEnvironments, requireFresh } from '../staging/pipeline.ts'
import { environmentOption, openRun, siteOptions } from './run.ts'

export default command({
  summary:
    "Judges every object as the target's API server would, and tells whether rendered/ is what releases/ renders to. Writes nothing.",
  arguments: [],
  options: { ...siteOptions, ...environmentOption },
  examples: [
    ['scout validate', 'what CI runs on a merge request'],
    ['scout validate --env staging --output json', 'one environment, for a program'],
  ],
  run: async ({ options }) => {
    const { system, step, answer } = openRun(options)
    const rendered = await renderEnvironments(options.env, system, step)
    await step('compare with rendered/', () => requireFresh(rendered, system))
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
