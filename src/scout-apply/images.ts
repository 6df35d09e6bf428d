import { command } from '../command-line/command.ts'
import { imagesOfSet } from '../control-plane/images-pipeline.ts'
import { exitCodes } from '../core/problem.ts'
import { paintIn } from '../report/paint.ts'
import { describeRunningImages } from '../report/running-images.ts'
import { bundleOptions, readBundle } from './apply-bundle.ts'
import { keepingOptions, keepingFor } from './keeping.ts'
import { openRun } from './run.ts'
import { setOption, unlessTwoSets } from './which-set.ts'

export default command({
  summary:
    'Compares the images that run with those that were declared: strangers with the Pod and what made it, what is not from Harbor, and digests that are not the pinned ones; what is declared and does not run is noted. Writes nothing.',
  arguments: [
    {
      name: 'BUNDLE',
      help: 'the .tgz file that says what was declared (default: those that were applied, as the cluster keeps them, verified anew)',
      optional: true,
    },
  ],
  options: {
    ...bundleOptions,
    ...setOption,
    'history-dir': keepingOptions['history-dir'],
    'exit-code': {
      help: 'exit with 3 where an image is not as it was declared, else with 4 where not all could be looked at',
    },
  },
  examples: [
    ['scout-apply images shop-production-1.4.0.tgz', 'the Pods of the set beside what the bundle declares'],
    [
      'scout-apply images --set shop-production --exit-code',
      'tell by the exit code (3) whether there are strangers',
    ],
  ],
  run: async ({ arguments: [file], options }) => {
    const run = openRun(options)
    await run.step('read options', async () => unlessTwoSets('images', file, options.set))
    const given =
      file === undefined ? undefined : await readBundle(run, file, { ...options, 'allow-expired': true })
    const opened = await keepingFor(run, given, options)
    const keeping = given ? { ...opened, given: [given] } : opened
    return await run.withCluster(async (cluster) => {
      const images = await imagesOfSet({ set: options.set, keeping }, { cluster, tell: run.tell })
      run.answer(images, describeRunningImages(images, paintIn(run.terminal.out.colour)))
      if (!options['exit-code']) return exitCodes.done
      if (images.images.some(({ faults }) => faults.length > 0)) return exitCodes.changes
      return images.notLookedAt.length > 0 ? exitCodes.world : exitCodes.done
    })
  },
})
