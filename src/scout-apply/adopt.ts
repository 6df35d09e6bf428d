import { hostname } from 'node:os'
import packageFile from '../../package.json' with { type: 'json' }
import { command } from '../command-line/command.ts'
import { adoptReleases, planAdoption } from '../control-plane/adopt-pipeline.ts'
import { exitCodes } from '../core/problem.ts'
import { describeAdoption } from '../report/adoption.ts'
import { paintIn } from '../report/paint.ts'
import { clock } from '../system/clock.ts'
import { maker } from '../system/maker.ts'
import { interruption } from '../system/process.ts'
import { bundleOptions, readBundle } from './apply-bundle.ts'
import { openRun } from './run.ts'

/** `web` is called so by Helm, too; `web=old-web` is not. */
const namesOf = (given: string[]): Map<string, string> =>
  new Map(
    given.map((one) => {
      const [release = '', helm = release] = one.split('=', 2)
      return [release, helm]
    }),
  )

export default command({
  summary:
    "Moves releases that Helm installed to the set of a bundle: their objects go on running as they are, and change owner. The next apply then changes what really differs. Helm's record of them stays.",
  arguments: [
    { name: 'BUNDLE', help: 'the .tgz file, which says what is to be ours; it is verified first' },
    {
      name: 'RELEASE',
      help: 'releases of the bundle, as NAME=HELM where Helm calls one otherwise (default: all that Helm knows)',
      optional: true,
      many: true,
    },
  ],
  options: {
    ...bundleOptions,
    'dry-run': { help: 'say what would happen to each object, and change nothing' },
  },
  examples: [
    [
      'scout-apply adopt bundle.tgz --dry-run',
      'what would change hands, and what the next apply would change',
    ],
    ['scout-apply adopt bundle.tgz', 'all releases that Helm knows'],
    ['scout-apply adopt bundle.tgz web=old-web', 'one, which Helm calls otherwise'],
  ],
  run: async ({ arguments: [file = '', ...releases], options }) => {
    const run = openRun(options)
    const { terminal, tell, answer, withCluster } = run
    const bundle = await readBundle(run, file, options)
    return await withCluster(async (cluster) => {
      const system = { cluster, clock, maker, tell, signal: interruption() }
      const named = namesOf(releases)
      const dry = options['dry-run']
      const holder = `${hostname()}/${process.pid}/${clock.now()}`
      const tooling = `scout-apply/${packageFile.version}`
      const adopted = dry
        ? await planAdoption(bundle, named, system)
        : await adoptReleases(bundle, named, { holder, tooling }, system)
      const set = bundle.manifest.name
      answer(
        { set, adopted: adopted, done: !dry },
        describeAdoption(adopted, !dry, paintIn(terminal.out.colour)),
      )
      return exitCodes.done
    })
  },
})
