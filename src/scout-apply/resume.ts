import { command } from '../command-line/command.ts'
import { findInterrupted } from '../control-plane/resume-pipeline.ts'
import { applyOptions, carryOut, carryOutFile, readBundle } from './apply-bundle.ts'
import { keepingFor } from './keeping.ts'
import { openRun, runIn } from './run.ts'
import { setOption, unlessTwoSets } from './which-set.ts'

export default command({
  summary:
    'Takes up a run that was cut short or failed, with the bundle that it was begun with: what is done is not done again. Refused where there is nothing to take up.',
  arguments: [
    {
      name: 'BUNDLE',
      help: 'the .tgz file of the run (default: the bundle as the cluster keeps it, verified anew)',
      optional: true,
    },
  ],
  options: {
    ...applyOptions,
    ...setOption,
  },
  examples: [
    ['scout-apply resume bundle.tgz', 'go on where the run ended'],
    ['scout-apply resume', 'the same, with the bundle that the cluster keeps'],
    ['scout-apply resume --dry-run', 'what is still to be done'],
  ],
  run: async ({ arguments: [file], options }) => {
    const run = openRun(options)
    await run.step('read options', async () => unlessTwoSets('resume', file, options.set))
    if (file !== undefined) {
      const bundle = await readBundle(run, file, options)
      return await carryOutFile(run, { bundle, file, resume: true }, options)
    }
    const keeping = await keepingFor(run, undefined, options)
    return await run.withCluster(async (cluster) => {
      const bundle = await findInterrupted({ set: options.set, keeping }, { cluster, tell: run.tell })
      const { name, version } = bundle.manifest
      return await carryOut(
        runIn(run, cluster),
        {
          bundle,
          file: `bundle ${version} of the history`,
          resume: true,
          how: { keeping },
          again: `scout-apply resume --set ${name}`,
        },
        options,
      )
    })
  },
})
