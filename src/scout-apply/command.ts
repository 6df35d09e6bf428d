import { hostname } from 'node:os'
import { command } from '../command-line/command.ts'
import packageFile from '../../package.json' with { type: 'json' }
import { applyBundle, planBundle, statusOf } from '../control-plane/pipeline.ts'
import { verify } from '../control-plane/verify/verify.ts'
import { changesNothing, guardedKinds } from '../core/plan.ts'
import type { GuardedKind } from '../core/plan.ts'
import { exitCodes } from '../core/problem.ts'
import { counted } from '../report/count.ts'
import { paintIn } from '../report/paint.ts'
import { describePlan, summaryOfDone } from '../report/plan.ts'
import { describeStatus } from '../report/status.ts'
import { describeVerified } from '../report/verified.ts'
import { clock } from '../system/clock.ts'
import { maker } from '../system/maker.ts'
import { readInput } from '../system/input-file.ts'
import { interruption } from '../system/process.ts'
import { openSealer } from '../system/sealer.ts'
import { controlPlaneOptions, openRun } from './run.ts'

const verbs = ['apply', 'plan', 'status', 'verify'] as const

export default command({
  summary:
    'Applies a signed bundle to the cluster: verifies it before any request, plans, applies in waves, waits until everything is ready, and prunes what is gone.',
  arguments: [
    { name: 'BUNDLE', help: 'the .tgz file' },
    { name: 'VERB', help: 'what to do (default: apply)', optional: true, choices: verbs },
  ],
  options: {
    ...controlPlaneOptions,
    'dry-run': { help: 'show the plan, judged by the server, and change nothing; the same as the verb plan' },
    'allow-delete': {
      value: 'KIND',
      many: true,
      choices: guardedKinds,
      help: 'consent to prune objects of this kind, which hold what cannot be made again',
    },
    'allow-empty': { help: 'consent to a bundle that wants nothing, and so deletes everything of the set' },
    'allow-downgrade': { help: 'consent to a bundle that is older than the one that was applied last' },
    identity: {
      value: 'FILE',
      help: 'the age identity that opens what travels sealed with the bundle (default: SOPS_AGE_KEY_FILE, SOPS_AGE_KEY)',
    },
    'insecure-skip-verify': { help: 'apply a bundle whose signatures nobody checks' },
  },
  examples: [
    ['scout-apply bundle.tgz --dry-run', 'what would change'],
    ['scout-apply bundle.tgz', 'apply it'],
    ['scout-apply bundle.tgz verify', 'whether it may be believed; no cluster is asked'],
    ['scout-apply bundle.tgz status', 'what of it runs, and what is not ready'],
    [
      'scout-apply bundle.tgz --allow-delete PersistentVolumeClaim',
      'also prune volume claims that are gone from the set',
    ],
  ],
  run: async ({ arguments: [file = '', verb = 'apply'], options }) => {
    const { terminal, tell, step, answer, readTrust, withCluster } = openRun(options)
    const bytes = await step('read the bundle', () => readInput(file, 'bundle'))
    const skip = options['insecure-skip-verify']
    const trust = skip && options.trust === undefined ? undefined : await readTrust()
    const bundle = await step('verify', async () =>
      verify({ bytes, name: file, trust, now: clock.now(), allowUnsigned: skip }),
    )
    const { manifest, digest, signedBy } = bundle
    if (verb === 'verify') {
      answer({ digest, signedBy, manifest }, describeVerified(file, bundle, { signaturesChecked: !skip }))
      return exitCodes.done
    }

    const isSealed = manifest.siteValues.some(({ recipe }) => recipe.made === 'sealed')
    const sealer =
      isSealed && verb !== 'status'
        ? await step('read identities', () =>
            openSealer({
              ...(options.identity !== undefined && { identityFile: options.identity }),
              environment: process.env,
              clock,
            }),
          )
        : undefined
    return await withCluster(async (cluster) => {
      const system = { cluster, clock, maker, tell, signal: interruption(), ...(sealer && { sealer }) }
      const consent = {
        prune: new Set(options['allow-delete'] as GuardedKind[]),
        empty: options['allow-empty'],
        downgrade: options['allow-downgrade'],
      }
      if (verb === 'status') {
        const status = await statusOf(manifest.name, system)
        answer(status, describeStatus(status, paintIn(terminal.out.colour)))
        return exitCodes.done
      }
      if (verb === 'plan' || options['dry-run']) {
        const plan = await planBundle(bundle, { consent }, system)
        answer(plan, describePlan(plan, paintIn(terminal.out.colour)))
        return exitCodes.done
      }
      const holder = `${hostname()}/${process.pid}/${clock.now()}`
      const plan = await applyBundle(
        bundle,
        { consent, holder, tooling: `scout-apply/${packageFile.version}` },
        system,
      )
      const kept =
        plan.kept.length === 0
          ? ''
          : `Not wanted any more, and not deleted: ${counted(plan.kept.length, 'object')}; --dry-run says which and why\n`
      answer(
        { applied: plan },
        changesNothing(plan)
          ? `${manifest.name} ${manifest.version}: nothing to do\n`
          : `${manifest.name} ${manifest.version} is applied and ready (${summaryOfDone(plan)})\n${kept}`,
      )
      return exitCodes.done
    })
  },
})
