import { usualLimits } from '../control-plane/history/keep.ts'
import type { Keeping } from '../control-plane/lifecycle.ts'
import { verify } from '../control-plane/verify/verify.ts'
import type { Values } from '../command-line/command.ts'
import { problem, unless } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import type { Trust } from '../core/trust.ts'
import { clock } from '../system/clock.ts'
import { openShelf } from '../system/shelf.ts'
import type { Run } from './run.ts'

const MiB = 1024 * 1024

/** Options about what is remembered of a set. */
export const keepingOptions = {
  'history-keep': {
    value: 'N',
    help: `how many revisions are remembered (default: ${usualLimits.revisions})`,
  },
  'history-size': {
    value: 'MIB',
    help: `how much the cluster keeps of their bundles, in MiB (default: ${usualLimits.bytes / MiB})`,
  },
  'history-dir': { value: 'DIR', help: 'the folder that keeps bundles which are larger than that' },
} as const

const wholeNumber = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : /^\d{1,6}$/.test(text) ? Number(text) : 0

/** How bundles are kept, as the command line says; what was kept is believed as `believes` says. */
export const openKeeping = (
  options: Partial<Values<typeof keepingOptions>>,
  believes: { trust: Trust | undefined; allowUnsigned: boolean },
): Outcome<Keeping> => {
  const revisions = wholeNumber(options['history-keep'], usualLimits.revisions)
  const size = wholeNumber(options['history-size'], usualLimits.bytes / MiB)
  const folder = options['history-dir']
  const wrong = [
    ...(revisions === 0 ? ['--history-keep'] : []),
    ...(size === 0 ? ['--history-size'] : []),
  ].map((name) =>
    problem({
      code: 'usage/wrong',
      fault: 'usage',
      what: `${name} is no whole number above 0.`,
      fix: 'Give one, such as 10.',
    }),
  )
  return unless(wrong, () => ({
    limits: { revisions, bytes: size * MiB },
    ...(folder !== undefined && { shelf: openShelf(folder) }),
    reverify: (bytes, name) => verify({ ...believes, bytes, name, now: clock.now(), allowExpired: true }),
  }))
}

/**
 * The same for a command that reads what the cluster keeps: it is believed by the trust file of the bundle that people gave, else by the usual one. Without
 * a trust file nothing is believed but on explicit demand.
 */
export const keepingFor = async (
  run: Pick<Run, 'step' | 'readTrust'>,
  given: { trust: Trust | undefined } | undefined,
  options: Partial<Values<typeof keepingOptions>> & {
    trust: string | undefined
    'insecure-skip-verify': boolean
  },
): Promise<Keeping> => {
  const allowUnsigned = options['insecure-skip-verify']
  const trust =
    given?.trust ?? (allowUnsigned && options.trust === undefined ? undefined : await run.readTrust())
  return await run.step('read options', async () => openKeeping(options, { trust, allowUnsigned }))
}
