import { command } from '../command-line/command.ts'
import { findRollback } from '../control-plane/lifecycle-pipeline.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { describeDone } from '../report/run.ts'
import { applyOptions, carryOut, readBundle } from './apply-bundle.ts'
import { keepingFor } from './keeping.ts'
import { openRun, runIn } from './run.ts'
import { setOption } from './which-set.ts'

const { 'allow-downgrade': _, ...options } = applyOptions

const revisionOf = (text: string | undefined): Outcome<number | undefined> =>
  text === undefined || /^[1-9]\d{0,8}$/.test(text)
    ? good(text === undefined ? undefined : Number(text))
    : bad([
        problem({
          code: 'usage/wrong',
          fault: 'usage',
          what: `"${text}" is no revision.`,
          fix: 'Name one by its number: scout-apply history shows them.',
        }),
      ])

export default command({
  summary:
    'Goes back to an earlier revision: its bundle, as the cluster keeps it, is verified anew, planned and applied, with the hooks for a rollback. The plan says what cannot be undone.',
  arguments: [
    {
      name: 'REVISION',
      help: 'the number of the revision (default: the last one that was applied in full and is not what is there)',
      optional: true,
    },
  ],
  options: {
    ...options,
    ...setOption,
    bundle: { value: 'FILE', help: 'the bundle to go back to, where the cluster does not keep it' },
    'allow-expired': { help: 'consent to a bundle that must not be applied any more, by its own words' },
  },
  examples: [
    ['scout-apply rollback --dry-run', 'what going back would change, and what it cannot undo'],
    ['scout-apply rollback', 'go back to what was there before'],
    ['scout-apply rollback 7 --only shop', 'one release alone goes back to how it was at revision 7'],
  ],
  run: async ({ arguments: [text], options }) => {
    const run = openRun(options)
    const revision = await run.step('read options', async () => revisionOf(text))
    const file = options.bundle
    const given = file === undefined ? undefined : await readBundle(run, file, options)
    const opened = await keepingFor(run, given, options)
    const keeping = given ? { ...opened, given: [given], bytes: given.bytes } : opened
    const { only, set } = options
    const again = [
      'scout-apply rollback',
      ...(text === undefined ? [] : [text]),
      ...(set === undefined ? [] : [`--set ${set}`]),
      ...(file === undefined ? [] : [`--bundle ${file}`]),
      ...only.map((name) => `--only ${name}`),
    ].join(' ')
    return await run.withCluster(async (cluster) => {
      const { bundle, rollback } = await findRollback(
        { set, revision, only, given, keeping, allowExpired: options['allow-expired'] },
        { cluster, tell: run.tell },
      )
      const done: typeof describeDone = (report) =>
        `${rollback.target ? `Back at revision ${rollback.target.revision}: ` : ''}${describeDone(report)}`
      return await carryOut(
        runIn(run, cluster),
        { bundle, file: file ?? '', how: { keeping, rollback }, again, done },
        { ...options, 'allow-downgrade': true },
      )
    })
  },
})
