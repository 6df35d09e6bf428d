import { command } from '../command-line/command.ts'
import { correctSet, driftOfSet } from '../control-plane/drift-pipeline.ts'
import type { Sealer } from '../core/effects/sealer.ts'
import { bad, exitCodes, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { describeDrift } from '../report/drift.ts'
import { paintIn } from '../report/paint.ts'
import { clock } from '../system/clock.ts'
import { maker } from '../system/maker.ts'
import { interruption } from '../system/process.ts'
import { readIdentities } from './identities.ts'
import { applyOptions, bundleOptions, readBundle } from './apply-bundle.ts'
import { keepingOptions, keepingFor } from './keeping.ts'
import { openRecording, recordOptions } from './recording.ts'
import { openRun } from './run.ts'
import { setOption, unlessTwoSets } from './which-set.ts'

const checkCall = (
  file: string | undefined,
  { set, correct, 'dry-run': dry }: { set: string | undefined; correct: boolean; 'dry-run': boolean },
): Outcome<void> =>
  dry && !correct
    ? bad([
        problem({
          code: 'usage/wrong',
          fault: 'usage',
          what: '--dry-run goes with --correct.',
          fix: 'Without --correct nothing is ever written: leave --dry-run out.',
        }),
      ])
    : unlessTwoSets('drift', file, set)

export default command({
  summary:
    'Tells what of a set is not as it was applied: objects that are gone, made anew or disowned, and fields that others have changed, with who has them now. What autoscalers, injectors and ignore rules own is no drift. Writes nothing without --correct.',
  arguments: [
    {
      name: 'BUNDLE',
      help: 'the .tgz file that was applied (default: as the cluster keeps it, verified anew, release by release)',
      optional: true,
    },
  ],
  options: {
    ...bundleOptions,
    ...setOption,
    ...recordOptions,
    ...keepingOptions,
    identity: applyOptions.identity,
    correct: {
      help: 'put back what has drifted, and nothing else: no hooks, no pruning. Fields are taken back from whoever set them since',
    },
    'dry-run': {
      help: 'with --correct: say what it would put back and what it would leave, and change nothing',
    },
    'exit-code': { help: 'exit with 3 where there is drift; with --correct, where some is left' },
  },
  examples: [
    ['scout-apply drift', 'what of the only set is not as it was applied'],
    [
      'scout-apply drift --set shop-production --exit-code',
      'tell by the exit code (3) whether it has drifted',
    ],
    ['scout-apply drift --correct', 'put it back'],
  ],
  run: async ({ arguments: [file], options }) => {
    const run = openRun(options)
    await run.step('read options', async () => checkCall(file, options))
    const given =
      file === undefined ? undefined : await readBundle(run, file, { ...options, 'allow-expired': true })
    const opened = await keepingFor(run, given, options)
    const keeping = given ? { ...opened, given: [given] } : opened
    const { identity } = options
    // Only a bundle with sealed values needs it, and which bundles these are the cluster says.
    const sealer: Pick<Sealer, 'openSealed'> = {
      openSealed: async (text, name) => {
        const opened = await readIdentities(run.step, identity)
        return await opened.openSealed(text, name)
      },
    }
    return await run.withCluster(async (cluster) => {
      const system = { cluster, clock, maker, tell: run.tell, signal: interruption(), sealer }
      const input = { set: options.set, keeping }
      const puts = options.correct && !options['dry-run']
      const drift = puts
        ? await correctSet(
            {
              ...input,
              openRecord: async (bundle) => {
                const recording = await openRecording(run, bundle, { consents: ['take back'] }, options)
                return { ...recording, ...recording.of(cluster) }
              },
            },
            system,
          )
        : await driftOfSet(input, system)
      run.answer(drift, describeDrift(drift, paintIn(run.terminal.out.colour)))
      const left = drift.corrected
        ? drift.objects.filter(({ correction }) => correction === 'leaves')
        : drift.objects
      return options['exit-code'] && left.length > 0 ? exitCodes.changes : exitCodes.done
    })
  },
})
