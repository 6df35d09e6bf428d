/**
 * Compares `rendered/ENV` of a site, object by object, with what helm makes of the same releases when it asks a real API server
 * (`helm template --dry-run=server`), on which the set's CRDs are installed:
 *
 *   node scripts/compare-with-server.ts --site FOLDER --env ENV [--kubeconfig FILE] [--expect N]
 *
 * The server's output goes through the functions that made `rendered/` of helm's (scopes, test hooks, nulls, image names), so that only
 * what helm said otherwise shows. Each release is rendered there twice: a field with a placeholder is masked if the two differ in it,
 * or if a person supplies it; it is listed and counted. Without a kubeconfig an API server of our own is started.
 *
 * Exit codes: 0 equal, 1 not, 2 wrong usage, 4 no server or no helm.
 */
import { command } from '../src/command-line/command.ts'
import { runProgram } from '../src/command-line/program.ts'
import { bad, exitCodes, good, problem } from '../src/core/problem.ts'
import type { Outcome } from '../src/core/problem.ts'
import type { ResolvedRelease, SetOf } from '../src/core/records.ts'
import type { Step } from '../src/core/stepper.ts'
import { counted } from '../src/report/count.ts'
import { siteOptions } from '../src/scout/options.ts'
import { openRun } from '../src/scout/run.ts'
import type { Run } from '../src/scout/run.ts'
import { declare } from '../src/staging/declare/declare.ts'
import { resolve } from '../src/staging/resolve/resolve.ts'
import { findHelm } from '../src/system/helm-program.ts'
import { runToEnd } from '../src/system/process.ts'
import { voice } from '../src/voice.ts'
import { compareRenders, isEqual, maskedIn } from './compare-with-server/compare.ts'
import type { Compared } from './compare-with-server/compare.ts'
import { isChart } from './compare-with-server/render.ts'
import { openServer } from './compare-with-server/server.ts'
import { masksOf, readRendered } from './compare-with-server/site.ts'
import { renderInWaves } from './compare-with-server/waves.ts'
import { differenceJson, differenceWords, maskWords } from './compare-with-server/words.ts'

interface Asked {
  site: string
  environment: string
  kubeconfig: string | undefined
}

interface Answer extends Compared {
  set: SetOf<ResolvedRelease>
  server: string
}

const compareOnServer = async (
  { site, environment, kubeconfig }: Asked,
  system: Run['system'],
  step: Step,
): Promise<Answer> => {
  const declared = await step(`declare ${environment}`, () => declare({ environment }, system))
  const { helm: version } = declared.lock
  const helm = await step('find helm', () => system.openHelm(version))
  const set = await step(`resolve ${environment}`, () => resolve(declared, { ...system, helm }))
  const rendered = await step(`read rendered/${environment}`, () => readRendered(environment, system.files))
  const target = await step('know the target', () => system.loadTarget(set.site.target.kubernetes))
  const program = await step('find the program of helm', () => findHelm(version, process.env))
  const server = await step('find an API server', () => openServer(kubeconfig))
  try {
    const stage = { root: site, files: system.files, helm: { program, version } }
    const theirs = await renderInWaves({ set, rendered, target, stage }, server, step)
    const plain = new Set(set.releases.filter((release) => !isChart(release)).map(({ name }) => name))
    const ours = new Map(
      rendered.flatMap(({ path, text, release }) => (plain.has(release) ? [] : [[path, text] as const])),
    )
    return { ...compareRenders(ours, theirs, masksOf(set, rendered)), set, server: server.url }
  } finally {
    await server.close()
  }
}

const wrongUsage = (what: string, fix: string): Outcome<never> =>
  bad([problem({ code: 'usage/wrong', fault: 'usage', what, fix })])

const wholeNumber = (text: string | undefined): Outcome<number | undefined> => {
  if (text === undefined) return good(undefined)
  return /^\d+$/.test(text)
    ? good(Number(text))
    : wrongUsage(`--expect takes a whole number, not ${text}.`, 'Give the number of masked fields.')
}

const compareWithServer = command({
  summary: 'Compares rendered/ENV with what helm makes of the same releases when it asks a real API server.',
  arguments: [],
  options: {
    ...siteOptions,
    env: { value: 'ENV', help: 'the environment' },
    kubeconfig: {
      value: 'FILE',
      help: 'a throw-away API server: CRDs and objects get installed there (default: one is started)',
    },
    expect: { value: 'N', help: 'fail unless so many fields are masked' },
  },
  examples: [['node scripts/compare-with-server.ts --site . --env production', 'on a server of its own']],
  run: async ({ options }) => {
    const { system, step, answer } = openRun(options)
    const { site = '.', env, kubeconfig } = options
    const environment = await step('read --env', async () =>
      env === undefined ? wrongUsage('--env is missing.', 'Name an environment of the site.') : good(env),
    )
    const expected = await step('read --expect', async () => wholeNumber(options.expect))
    const { differing, objects, set, server } = await compareOnServer(
      { site, environment, kubeconfig },
      system,
      step,
    )
    const masks = differing.flatMap(maskedIn)
    const unequal = differing.filter((one) => !isEqual(one))
    const charts = set.releases.filter(isChart).length
    const surprising = expected !== undefined && masks.length !== expected
    answer(
      {
        environment,
        server,
        helm: set.lock.helm,
        releases: charts,
        objects,
        equal: objects - unequal.length,
        masked: masks,
        different: unequal.map(differenceJson),
      },
      [
        ...masks.map(maskWords),
        ...unequal.flatMap(differenceWords),
        `${environment} on ${server}: ${counted(charts, 'chart release')} rendered twice by helm ${set.lock.helm}`,
        `${counted(objects, 'object')}: ${objects - unequal.length} equal, ${unequal.length} not; ${counted(masks.length, 'masked field')}`,
        ...(surprising ? [`expected ${counted(expected, 'masked field')}`] : []),
        '',
      ].join('\n'),
    )
    return unequal.length === 0 && !surprising ? exitCodes.done : exitCodes.refused
  },
})

const { summary } = compareWithServer
const program = {
  name: 'compare-with-server',
  version: '1',
  what: summary,
  commands: { '': { summary, load: async () => compareWithServer } },
}

runToEnd(() => runProgram(program, process.argv.slice(2), voice))
