import { hostname } from 'node:os'
import { command, commonOptions } from '../command-line/command.ts'
import packageFile from '../../package.json' with { type: 'json' }
import { applyBundle, planBundle, statusOf } from '../control-plane/pipeline.ts'
import { verify } from '../control-plane/verify/verify.ts'
import { changesNothing, guardedKinds } from '../core/plan.ts'
import type { GuardedKind } from '../core/plan.ts'
import { bad, exitCodes, good } from '../core/problem.ts'
import { stepper } from '../core/stepper.ts'
import { jsonText } from '../report/json-text.ts'
import { counted } from '../report/count.ts'
import { paintIn } from '../report/paint.ts'
import { describePlan, summaryOfDone } from '../report/plan.ts'
import { tellProgress } from '../report/progress/progress.ts'
import { describeStatus } from '../report/status.ts'
import { describeVerified } from '../report/verified.ts'
import { clock } from '../system/clock.ts'
import { openCluster } from '../system/cluster.ts'
import { readInput } from '../system/input-file.ts'
import { interruption } from '../system/process.ts'
import { openTerminal } from '../system/terminal.ts'
import { loadTrust, usualTrustFile } from '../system/trust-file.ts'

const verbs = ['apply', 'plan', 'status', 'verify'] as const

export default command({
  summary:
    'Applies a signed bundle to the cluster: verifies it before any request, plans, applies in waves, waits until everything is ready, and prunes what is gone.',
  arguments: [
    { name: 'BUNDLE', help: 'the .tgz file' },
    { name: 'VERB', help: 'what to do (default: apply)', optional: true, choices: verbs },
  ],
  options: {
    ...commonOptions,
    trust: { value: 'FILE', help: `the trust file of this control plane (default: ${usualTrustFile})` },
    kubeconfig: {
      value: 'FILE',
      help: "the kubeconfig (default: KUBECONFIG, in-cluster, K3s's own, ~/.kube/config)",
    },
    'dry-run': { help: 'show the plan, judged by the server, and change nothing; the same as the verb plan' },
    'allow-delete': {
      value: 'KIND',
      many: true,
      choices: guardedKinds,
      help: 'consent to prune objects of this kind, which hold what cannot be made again',
    },
    'allow-empty': { help: 'consent to a bundle that wants nothing, and so deletes everything of the set' },
    'allow-downgrade': { help: 'consent to a bundle that is older than the one that was applied last' },
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
    const json = options.output === 'json'
    const terminal = openTerminal()
    const tell = tellProgress(terminal, { output: json ? 'json' : 'text', verbose: options.verbose })
    const step = stepper(tell)
    const answer = (value: unknown, text: string): void =>
      terminal.out.write(json ? jsonText(value, 2) : text)

    const bytes = await step('read the bundle', () => readInput(file, 'bundle'))
    const skip = options['insecure-skip-verify']
    const trust =
      skip && options.trust === undefined
        ? undefined
        : await step('read the trust file', () => loadTrust(options.trust))
    const bundle = await step('verify', async () =>
      verify({ bytes, name: file, trust, now: clock.now(), allowUnsigned: skip }),
    )
    const { manifest, digest, signedBy } = bundle
    if (verb === 'verify') {
      answer({ digest, signedBy, manifest }, describeVerified(file, bundle, { signaturesChecked: !skip }))
      return exitCodes.done
    }

    // Only from here on does anything know where the cluster is.
    const cluster = await step('find the cluster', async () => {
      const opened = await openCluster(
        options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig },
        process.env,
      )
      return opened.ok ? good(opened.cluster) : bad([opened.problem])
    })
    const system = { cluster, clock, tell, signal: interruption() }
    const consent = {
      prune: new Set(options['allow-delete'] as GuardedKind[]),
      empty: options['allow-empty'],
      downgrade: options['allow-downgrade'],
    }
    try {
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
    } finally {
      cluster.close()
    }
  },
})
