import { command } from '../command-line/command.ts'
import { historyOfSet } from '../control-plane/lifecycle-pipeline.ts'
import { exitCodes } from '../core/problem.ts'
import { describeHistory } from '../report/history.ts'
import { paintIn } from '../report/paint.ts'
import { bundleOptions, readBundle } from './apply-bundle.ts'
import { openRun } from './run.ts'
import { setOption, unlessTwoSets } from './which-set.ts'

export default command({
  summary:
    'Shows the runs of a set that are remembered: when, which bundle, how it ended, what changed; and which bundle each release is from now. Without a bundle and --set it is the only set of the cluster.',
  arguments: [{ name: 'BUNDLE', help: 'a .tgz file of the set', optional: true }],
  options: { ...bundleOptions, ...setOption },
  examples: [
    ['scout-apply history', 'the runs of the only set'],
    ['scout-apply history --set shop-production --output json', 'all that is known of them'],
  ],
  run: async ({ arguments: [file], options }) => {
    const run = openRun(options)
    await run.step('read options', async () => unlessTwoSets('history', file, options.set))
    const set = file === undefined ? options.set : (await readBundle(run, file, options)).manifest.name
    return await run.withCluster(async (cluster) => {
      const history = await historyOfSet(set, { cluster, tell: run.tell })
      run.answer(history, describeHistory(history, paintIn(run.terminal.out.colour)))
      return exitCodes.done
    })
  },
})
