import { hostname } from 'node:os'
import packageFile from '../../package.json' with { type: 'json' }
import { command } from '../command-line/command.ts'
import { recordRepair } from '../control-plane/record/repair.ts'
import { planRepair, repairSet } from '../control-plane/repair-pipeline.ts'
import { exitCodes, good } from '../core/problem.ts'
import { paintIn } from '../report/paint.ts'
import { describeRepair } from '../report/repair.ts'
import { clock } from '../system/clock.ts'
import { maker } from '../system/maker.ts'
import { interruption } from '../system/process.ts'
import { openAuditFile } from '../system/record-files.ts'
import { bundleOptions, readBundle } from './apply-bundle.ts'
import { keepingOptions, keepingFor } from './keeping.ts'
import { recordOptions } from './recording.ts'
import { openRun } from './run.ts'
import { neededSetOption, unlessOneSet } from './which-set.ts'

export default command({
  summary:
    'Rebuilds the inventory of a set that was lost or is broken, from the objects that are provably of the set: the API server has noted that its field manager applied them, they bear its label, and no controller made them. Touches no object; the next apply prunes what the bundle has not.',
  arguments: [{ name: 'BUNDLE', help: 'the .tgz file that says which objects are wanted', optional: true }],
  options: {
    ...bundleOptions,
    ...neededSetOption,
    'history-dir': keepingOptions['history-dir'],
    'audit-file': recordOptions['audit-file'],
    'dry-run': { help: 'show what is found, and write nothing' },
  },
  examples: [
    [
      'scout-apply repair bundle.tgz --dry-run',
      'what is of this set, what is not in the bundle, and what is not proven',
    ],
    ['scout-apply repair --set shop-production', 'write it; the bundles are those that the cluster keeps'],
  ],
  run: async ({ arguments: [file], options }) => {
    const run = openRun(options)
    const { step, tell } = run
    await step('read options', async () => unlessOneSet('repair', file, options.set))
    const bundle = file === undefined ? undefined : await readBundle(run, file, options)
    const keeping = await keepingFor(run, bundle, options)
    const auditFile = options['audit-file']
    const audit =
      auditFile === undefined
        ? undefined
        : await step('open the audit file', async () => good(await openAuditFile(auditFile)))
    return await run.withCluster(async (cluster) => {
      const system = { cluster, clock, maker, tell, signal: interruption() }
      const input = { set: bundle?.manifest.name ?? options.set ?? '', bundle, keeping }
      const started = clock.now()
      const holder = `${hostname()}/${process.pid}/${started}`
      const tooling = `scout-apply/${packageFile.version}`
      const repair = options['dry-run']
        ? await planRepair(input, system)
        : await repairSet(input, { holder, tooling }, system)
      if (repair.written)
        for (const warning of await recordRepair(
          repair,
          { run: holder, tool: tooling, started, ended: clock.now() },
          { cluster, ...(audit && { auditFile: audit }) },
        ))
          tell({ tell: 'warning', problem: warning })
      run.answer(repair, describeRepair(repair, paintIn(run.terminal.out.colour)))
      return exitCodes.done
    })
  },
})
