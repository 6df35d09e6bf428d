import { applyBundle, planBundle } from '../control-plane/pipeline.ts'
import type { ApplyOptions, ControlPlaneSystem } from '../control-plane/pipeline.ts'
import { verify } from '../control-plane/verify/verify.ts'
import type { VerifiedBundle } from '../core/bundle/verified.ts'
import type { Values } from '../command-line/command.ts'
import type { Cluster } from '../core/effects/cluster.ts'
import { guardedKinds } from '../core/plan.ts'
import type { GuardedKind } from '../core/plan.ts'
import { exitCodeOf, exitCodes, Refused } from '../core/problem.ts'
import type { RunReport } from '../core/run-report.ts'
import type { Trust } from '../core/trust.ts'
import type { Wanted } from '../core/wanted.ts'
import { withTimeouts } from '../core/timeouts.ts'
import { paintIn } from '../report/paint.ts'
import type { Paint } from '../report/paint.ts'
import { printProblems } from '../report/problems.ts'
import { describeDone, describeNext, describeUndone, nextAfter } from '../report/run.ts'
import { clock } from '../system/clock.ts'
import { readInput } from '../system/input-file.ts'
import { maker } from '../system/maker.ts'
import { interruption } from '../system/process.ts'
import { readIdentities } from './identities.ts'
import { keepingOptions, openKeeping } from './keeping.ts'
import { consentsOf, openRecording, recordOptions } from './recording.ts'
import { controlPlaneOptions } from './run.ts'
import { planOptions, readPlanOptions, showPlan } from './show-plan.ts'
import type { Run } from './run.ts'

/** Options of the commands that read a bundle's file. */
export const bundleOptions = {
  ...controlPlaneOptions,
  'insecure-skip-verify': { help: 'apply a bundle whose signatures nobody checks' },
} as const

/** Options of the commands that carry a bundle out. */
export const applyOptions = {
  ...bundleOptions,
  ...recordOptions,
  'dry-run': { help: 'show the plan, judged by the server, and change nothing; the same as the verb plan' },
  ...planOptions,
  ...keepingOptions,
  only: {
    value: 'RELEASE',
    many: true,
    help: 'this release alone: its objects, its hooks, and what it has no more; all others stay as they are',
  },
  'keep-going': { help: 'after a release has failed, go on with those that do not depend on it' },
  timeout: {
    value: 'DURATION',
    many: true,
    help: 'how long each wait of a release may take, in place of what it declares: 20m, or db=1h for one release',
  },
  'allow-delete': {
    value: 'KIND',
    many: true,
    choices: guardedKinds,
    help: 'consent to prune objects of this kind, which hold what cannot be made again',
  },
  'allow-empty': { help: 'consent to a bundle that wants nothing, and so deletes everything of the set' },
  'allow-downgrade': { help: 'consent to a bundle that is older than the one that was applied last' },
  'take-from': {
    value: 'SET',
    many: true,
    help: 'consent to take over objects of this other set on the cluster, which hands them over: they stay as they are',
  },
  identity: {
    value: 'FILE',
    help: 'the age identity that opens what travels sealed with the bundle (default: SOPS_AGE_KEY_FILE, SOPS_AGE_KEY)',
  },
} as const

type BundleValues = Pick<Values<typeof bundleOptions>, 'trust' | 'insecure-skip-verify'> & {
  'allow-expired'?: boolean
}
export type ApplyValues = Omit<Values<typeof applyOptions>, 'help'>

/** A bundle as its file had it, and whom this side believes. */
interface BroughtBundle extends VerifiedBundle {
  bytes: Uint8Array
  trust: Trust | undefined
}

/** Reads a bundle's file and verifies it, before anything is asked of the cluster. Throws Refused. */
export const readBundle = async (
  { step, readTrust }: Run,
  file: string,
  options: BundleValues,
): Promise<BroughtBundle> => {
  const bytes = await step('read the bundle', () => readInput(file, 'bundle'))
  const skip = options['insecure-skip-verify']
  const trust = skip && options.trust === undefined ? undefined : await readTrust()
  const bundle = await step('verify', async () =>
    verify({
      bytes,
      name: file,
      trust,
      now: clock.now(),
      allowUnsigned: skip,
      allowExpired: options['allow-expired'] ?? false,
    }),
  )
  return { ...bundle, bytes, trust }
}

/** Carries out a bundle that comes from a file, and remembers it. */
export const carryOutFile = async (
  run: Run,
  { bundle, ...more }: { bundle: BroughtBundle; file: string; resume?: boolean },
  options: ApplyValues,
): Promise<number> => {
  const { trust, bytes, ...verified } = bundle
  const believes = { trust, allowUnsigned: options['insecure-skip-verify'] }
  const keeping = await run.step('read options', async () => openKeeping(options, believes))
  return await carryOut(run, { ...more, bundle: verified, how: { keeping: { ...keeping, bytes } } }, options)
}

/** What is to be carried out, and how it is spoken of. */
interface ToCarryOut {
  bundle: Pick<VerifiedBundle, 'manifest' | 'releases' | 'digest' | 'signedBy'> & Wanted
  /** What the command line calls it. */
  file: string
  /** Only where a run of it was cut short. */
  resume?: boolean
  how: Pick<ApplyOptions, 'keeping' | 'rollback' | 'removal'>
  /** The command line that goes on where a run has failed, and what is said of one that has not; where it is not of a file. */
  again?: string
  done?: (report: RunReport) => string
  undone?: (report: RunReport, paint: Paint) => string
}

/** What opens sealed values; undefined where the bundle has none, and nobody names an identity (hooks of what is removed may need it). */
const sealerFor = async (
  { step }: Run,
  { manifest }: Pick<VerifiedBundle, 'manifest'>,
  identity: string | undefined,
) =>
  identity !== undefined || manifest.siteValues.some(({ recipe }) => recipe.made === 'sealed')
    ? await readIdentities(step, identity)
    : undefined

/** Tells a run that failed: how far each release came, what was wrong, what to run next; as JSON all of it in one answer. */
const tellUndone = (
  { terminal, answer }: Run,
  report: RunReport,
  { file, again, undone = describeUndone }: Pick<ToCarryOut, 'file' | 'again' | 'undone'>,
  { output, verbose, ...options }: Pick<ApplyValues, 'output' | 'verbose' | 'trust' | 'kubeconfig' | 'as'>,
): number => {
  const also = (['trust', 'kubeconfig', 'as'] as const).flatMap((name) =>
    options[name] === undefined ? [] : [`--${name}`, options[name]],
  )
  const next = nextAfter(report, { file, again, also })
  answer({ ...report, next: next.map(([line]) => line) }, undone(report, paintIn(terminal.out.colour)))
  if (output !== 'json') {
    const found = [...report.problems, ...report.warnings]
    terminal.err.write(printProblems(found, { colour: terminal.err.colour, verbose }))
    terminal.err.write(describeNext(next))
  }
  return exitCodeOf(report.problems)
}

/** Plans and carries out a bundle that was verified, tells what was done, and answers with the exit code: that of the worst problem. */
export const carryOut = async (
  run: Run,
  { bundle: verified, resume = false, how, done = describeDone, ...words }: ToCarryOut,
  options: ApplyValues,
): Promise<number> => {
  const { tell, step, answer, withCluster } = run
  const bundle = await step('read options', async () => withTimeouts(verified, options.timeout))
  const approved = await readPlanOptions(run, options)
  const approval = approved ? { approved } : {}
  const { only } = options
  const sealer = await sealerFor(run, bundle, options.identity)
  const consent = {
    prune: new Set(options['allow-delete'] as GuardedKind[]),
    empty: options['allow-empty'],
    downgrade: options['allow-downgrade'] || how.rollback !== undefined,
    takeFrom: new Set(options['take-from']),
    versionSkew: options['allow-version-skew'],
  }
  const work = async (cluster: Cluster): Promise<number> => {
    const system: ControlPlaneSystem = {
      cluster,
      clock,
      maker,
      tell,
      signal: interruption(),
      ...(sealer && { sealer }),
    }
    if (options['dry-run']) {
      await showPlan(
        run,
        await planBundle(bundle, { consent, resume, only, ...how, ...approval }, system),
        options,
      )
      return exitCodes.done
    }
    const recording = await openRecording(run, bundle, { consents: consentsOf(options) }, options)
    const { begun, record: keep } = recording.of(cluster)
    let report: RunReport | undefined
    const record: typeof keep = async (one, does) => {
      report = one
      await keep(one, does)
    }
    try {
      await applyBundle(
        bundle,
        {
          consent,
          resume,
          only,
          ...how,
          ...approval,
          keepGoing: options['keep-going'],
          holder: recording.holder,
          tooling: recording.tooling,
        },
        { ...system, begun, record },
      )
    } catch (error) {
      if (error instanceof Refused && report === undefined) await recording.refused(error.problems)
      if (!(error instanceof Refused) || report === undefined) throw error
      return tellUndone(run, report, words, options)
    }
    if (report === undefined) throw new Error('a run ended without a report')
    const { plan, ...rest } = report
    answer({ applied: plan, ...rest }, done(report))
    return exitCodes.done
  }
  return await withCluster(work)
}
