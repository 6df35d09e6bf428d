import { command } from '../command-line/command.ts'
import { auditOf } from '../control-plane/pipeline.ts'
import { exitCodeOf, exitCodes } from '../core/problem.ts'
import { auditProblems, describeAudit } from '../report/audit.ts'
import { paintIn } from '../report/paint.ts'
import { printProblems } from '../report/problems.ts'
import { readInput } from '../system/input-file.ts'
import { bundleOptions, readBundle } from './apply-bundle.ts'
import { openRun } from './run.ts'
import { setOption, unlessTwoSets } from './which-set.ts'

export default command({
  summary:
    'Lists the audit records of a set (who applied which bundle with which plan, and what came of it), and verifies that none was changed, taken out or moved. Exit code 1 where one was.',
  arguments: [{ name: 'BUNDLE', help: 'the .tgz file of the set', optional: true }],
  options: {
    ...bundleOptions,
    ...setOption,
    'audit-file': {
      value: 'FILE',
      help: 'the file that applies wrote with --audit-file: both must say the same',
    },
  },
  examples: [
    ['scout-apply audit', 'who did what to the only set, and whether the records hold'],
    ['scout-apply audit --set shop-production --audit-file /var/log/scout.jsonl', 'compared with the file'],
  ],
  run: async ({ arguments: [file], options }) => {
    const run = openRun(options)
    await run.step('read options', async () => unlessTwoSets('audit', file, options.set))
    const set = file === undefined ? options.set : (await readBundle(run, file, options)).manifest.name
    const name = options['audit-file']
    const auditFile =
      name === undefined
        ? undefined
        : { name, bytes: await run.step('read the audit file', () => readInput(name, 'audit file')) }
    return await run.withCluster(async (cluster) => {
      const state = await auditOf(set, {
        cluster,
        tell: run.tell,
        ...(auditFile && {
          auditFile: { name: auditFile.name, read: async () => Buffer.from(auditFile.bytes).toString() },
        }),
      })
      const problems = auditProblems(state)
      const { colour } = run.terminal.out
      run.answer(state, describeAudit(state, paintIn(colour)))
      if (options.output !== 'json')
        run.terminal.err.write(
          printProblems(problems, { colour: run.terminal.err.colour, verbose: options.verbose }),
        )
      return problems.length === 0 ? exitCodes.done : exitCodeOf(problems)
    })
  },
})
