import { command } from '../command-line/command.ts'
import { unlockSet } from '../control-plane/pipeline.ts'
import { exitCodes } from '../core/problem.ts'
import { describeLock } from '../report/lock.ts'
import { clock } from '../system/clock.ts'
import { interruption } from '../system/process.ts'
import { bundleOptions, readBundle } from './apply-bundle.ts'
import { openRun } from './run.ts'
import { setOption, unlessTwoSets } from './which-set.ts'

export default command({
  summary:
    'Tells who holds the lock of a set and since when, and frees it where that run is surely dead: the lock has expired, and nobody renews it.',
  arguments: [{ name: 'BUNDLE', help: 'the .tgz file of the set', optional: true }],
  options: {
    ...bundleOptions,
    ...setOption,
    force: { help: 'free it, whoever holds it: a run that lives will stop half-way' },
  },
  examples: [
    ['scout-apply unlock', 'who holds the lock of the only set; free it if that run is dead'],
    ['scout-apply unlock bundle.tgz --force', 'free it at once'],
  ],
  run: async ({ arguments: [file], options }) => {
    const run = openRun(options)
    await run.step('read options', async () => unlessTwoSets('unlock', file, options.set))
    const set = file === undefined ? options.set : (await readBundle(run, file, options)).manifest.name
    return await run.withCluster(async (cluster) => {
      const { tell } = run
      const state = await unlockSet(
        { set, force: options.force },
        { cluster, clock, tell, signal: interruption() },
      )
      run.answer(state, describeLock(state))
      return exitCodes.done
    })
  },
})
