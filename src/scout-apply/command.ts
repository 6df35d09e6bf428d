import { command } from '../command-line/command.ts'
import { statusOf } from '../control-plane/pipeline.ts'
import { exitCodes } from '../core/problem.ts'
import { paintIn } from '../report/paint.ts'
import { describeStatus } from '../report/status.ts'
import { describeVerified } from '../report/verified.ts'
import { applyOptions, carryOutFile, readBundle } from './apply-bundle.ts'
import { openRun } from './run.ts'

const verbs = ['apply', 'plan', 'status', 'verify'] as const

export default command({
  summary:
    'Applies a signed bundle to the cluster: verifies it before any request, plans, applies in waves, waits until everything is ready, and prunes what is gone.',
  arguments: [
    { name: 'BUNDLE', help: 'the .tgz file' },
    { name: 'VERB', help: 'what to do (default: apply)', optional: true, choices: verbs },
  ],
  options: applyOptions,
  examples: [
    ['scout-apply bundle.tgz --dry-run', 'what would change'],
    ['scout-apply bundle.tgz', 'apply it'],
    ['scout-apply bundle.tgz verify', 'whether it may be believed; no cluster is asked'],
    ['scout-apply bundle.tgz status', 'what of it runs, and what is not ready'],
    [
      'scout-apply bundle.tgz --allow-delete PersistentVolumeClaim',
      'also prune volume claims that are gone from the set',
    ],
    [
      'scout-apply bundle.tgz --keep-going --timeout db=1h',
      'as much as can be had, with more time for one release',
    ],
  ],
  run: async ({ arguments: [file = '', verb = 'apply'], options }) => {
    const run = openRun(options)
    const bundle = await readBundle(run, file, options)
    const { manifest, digest, signedBy } = bundle
    if (verb === 'verify') {
      const signaturesChecked = !options['insecure-skip-verify']
      run.answer({ digest, signedBy, manifest }, describeVerified(file, bundle, { signaturesChecked }))
      return exitCodes.done
    }
    if (verb === 'status')
      return await run.withCluster(async (cluster) => {
        const status = await statusOf(manifest.name, { cluster, tell: run.tell }, manifest.releases)
        run.answer(status, describeStatus(status, paintIn(run.terminal.out.colour)))
        return exitCodes.done
      })
    return await carryOutFile(
      run,
      { bundle, file },
      { ...options, 'dry-run': options['dry-run'] || verb === 'plan' },
    )
  },
})
