import { join } from 'node:path'
import { problem } from '../core/problem.ts'
import type { Problem } from '../core/problem.ts'
import { utf8Text } from '../core/utf-8.ts'
import { launch } from './launcher.ts'

/** What a run of helm may cost. */
export interface HelmLimits {
  timeoutMilliseconds: number
  /** Of standard output and of standard error, each. */
  outputBytes: number
}

export const usualLimits: HelmLimits = { timeoutMilliseconds: 120_000, outputBytes: 256 * 1024 * 1024 }

export type HelmRun =
  | { ended: 'well' | 'badly'; output: string; words: string }
  | { ended: 'early'; problem: Problem }

export type Environment = { [variable: string]: string | undefined }

/**
 * A run lasts a moment and holds 100 MB: collecting garbage is a fifth of its work. Only from here on (a soft limit, in Go's words) it is worth it.
 */
const hardlyCollecting: Environment = { GOGC: 'off', GOMEMLIMIT: '512MiB' }

/**
 * All that helm sees of the environment. Its own variables, kubeconfig and folders are ours: a HELM_KUBEAPISERVER of the
 * user's would make a render ask a real cluster, a registry configuration would lend it credentials.
 */
const environmentIn = (home: string): Environment => ({
  HOME: home,
  TMPDIR: home,
  XDG_CACHE_HOME: join(home, 'cache'),
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_DATA_HOME: join(home, 'data'),
  HELM_CACHE_HOME: join(home, 'cache'),
  HELM_CONFIG_HOME: join(home, 'config'),
  HELM_DATA_HOME: join(home, 'data'),
  KUBECONFIG: join(home, 'no-kubeconfig'),
  ...hardlyCollecting,
})

const gaveUp = (what: string, fix: string, raw: string): HelmRun => ({
  ended: 'early',
  problem: problem({ code: 'helm/no-answer', fault: 'world', what, fix, raw }),
})

/**
 * Runs helm with a home of its own, no input, bounded time and bounded output. `also` are variables that this run may see
 * besides. A run that is ended early is killed at once: there is nothing that helm would have to put in order.
 */
export const runHelm = async (
  program: string,
  args: string[],
  home: string,
  limits: HelmLimits,
  also: Environment = {},
): Promise<HelmRun> => {
  const ran = await launch({ program, args, cwd: home, env: { ...environmentIn(home), ...also }, ...limits })
  const words = ran.stderr.toString()
  const seconds = limits.timeoutMilliseconds / 1000
  if (ran.why === 'late')
    return gaveUp(
      `helm gave no answer within ${seconds} seconds.`,
      'Look for a loop in the templates, then run again.',
      words,
    )
  if (ran.why === 'too much')
    return gaveUp(
      `helm printed more than ${limits.outputBytes} bytes.`,
      'Look for a loop in the templates, or split the release.',
      words,
    )
  if (ran.exitCode === undefined)
    return gaveUp(
      `helm ended without an answer: ${ran.trouble}.`,
      'See the reason with --verbose, then run again.',
      words,
    )
  const output = utf8Text(ran.stdout)
  if (output !== undefined) return { ended: ran.exitCode === 0 ? 'well' : 'badly', words, output }
  return {
    ended: 'early',
    problem: problem({
      code: 'helm/not-utf-8',
      what: 'helm printed bytes that are not UTF-8 text.',
      fix: 'Encode binary content with b64enc in the template that brings it (.Files.Get of a binary file?).',
    }),
  }
}
