import { command } from '../command-line/command.ts'
import { findRemoval } from '../control-plane/lifecycle-pipeline.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import type { RunReport } from '../core/run-report.ts'
import { counted } from '../report/count.ts'
import type { Paint } from '../report/paint.ts'
import { summaryOfDone } from '../report/plan.ts'
import { applyOptions, carryOut, readBundle } from './apply-bundle.ts'
import { keepingFor } from './keeping.ts'
import { openRun, runIn } from './run.ts'
import { setOption } from './which-set.ts'

const {
  'allow-downgrade': _downgrade,
  'allow-empty': _empty,
  'allow-version-skew': _skew,
  'keep-going': _going,
  only: _only,
  ...options
} = applyOptions

const checkCall = (releases: string[], all: boolean): Outcome<void> =>
  releases.length > 0 === all
    ? bad([
        problem({
          code: 'usage/wrong',
          fault: 'usage',
          what: all
            ? 'scout-apply remove takes releases or --all, not both.'
            : 'scout-apply remove needs to know which releases.',
          fix: 'Name them; or write --all for everything of the set.',
        }),
      ])
    : good(undefined)

const describeRemoved = ({ plan }: RunReport): string => {
  const names = (plan.removals ?? []).flatMap(({ releases }) => releases.map(({ name }) => name))
  const kept =
    plan.kept.length === 0
      ? ''
      : `Not deleted: ${counted(plan.kept.length, 'object')}; --dry-run says which and why\n`
  return names.length === 0
    ? `${plan.set}: nothing to remove\n${kept}`
    : `${plan.set}: removed ${names.join(', ')} (${summaryOfDone(plan)})\n${kept}`
}

const describeStuck = ({ plan }: RunReport, paint: Paint): string => {
  const names = (plan.removals ?? []).flatMap(({ releases }) => releases.map(({ name }) => name))
  return `${paint.bold(`${plan.set}: ${names.join(', ')} not removed in full`)}\n`
}

export default command({
  summary:
    'Removes releases: their hooks before, their objects in the reverse order, their hooks after. Refused where another release depends on one of them. What is kept by its own words, and kinds that hold data, stay.',
  arguments: [{ name: 'RELEASE', help: 'the releases to remove', optional: true, many: true }],
  options: {
    ...options,
    ...setOption,
    all: { help: 'everything of the set; its history stays, so that a rollback brings it back' },
    bundle: { value: 'FILE', help: 'the bundle that was applied last, where the cluster does not keep it' },
    'no-hooks': { help: 'do not run the hooks of the releases' },
  },
  examples: [
    ['scout-apply remove shop --dry-run', 'what would be run and deleted'],
    ['scout-apply remove shop cart', 'two releases'],
    [
      'scout-apply remove --all --allow-delete Namespace',
      'everything, with the Namespaces that are then empty',
    ],
  ],
  run: async ({ arguments: releases, options }) => {
    const run = openRun(options)
    await run.step('read options', async () => checkCall(releases, options.all))
    const { bundle: file, set } = options
    const given = file === undefined ? undefined : await readBundle(run, file, options)
    const opened = await keepingFor(run, given, options)
    const keeping = given ? { ...opened, given: [given] } : opened
    const again = [
      'scout-apply remove',
      ...(options.all ? ['--all'] : releases),
      ...(set === undefined ? [] : [`--set ${set}`]),
      ...(file === undefined ? [] : [`--bundle ${file}`]),
    ].join(' ')
    return await run.withCluster(async (cluster) => {
      const wanted = await findRemoval({ set, releases, keeping }, { cluster, tell: run.tell })
      const removal = { hooks: !options['no-hooks'] }
      return await carryOut(
        runIn(run, cluster),
        {
          bundle: { ...wanted, signedBy: [] },
          file: '',
          how: { keeping, removal },
          again,
          done: describeRemoved,
          undone: describeStuck,
        },
        {
          ...options,
          'allow-downgrade': false,
          'allow-empty': false,
          'allow-version-skew': false,
          'keep-going': false,
          only: [],
        },
      )
    })
  },
})
