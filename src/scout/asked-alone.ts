import type { Values } from '../command-line/command.ts'
import { problem, unless } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import type { environmentOption, siteOptions } from './options.ts'
import type { selectionOptions } from './selection.ts'

/** What `scout render` is called with when it is to explain or to propose. */
export type AskOptions = Values<typeof siteOptions & typeof environmentOption & typeof selectionOptions> & {
  identity: string | undefined
  explain: string | undefined
}

/**
 * That `--explain` or `--propose` stands with nothing on the line that it takes no notice of: each names its releases itself, looks at no
 * key, and does not do the other's work.
 */
export const askedAlone = (by: 'explain' | 'propose', options: AskOptions): Outcome<void> => {
  const { only, shard, identity, explain } = options
  const names = by === 'explain' ? `\`--explain RELEASE\`` : '`--propose RELEASE`, as often as needed'
  const others: [option: string, isThere: boolean, fix: string][] = [
    [
      '--explain',
      by === 'propose' && explain !== undefined,
      `Run \`scout render --explain ${explain}\` by itself: it writes nothing.`,
    ],
    ['--only', only.length > 0, `Leave --only out, and name the release there: ${names}.`],
    ['--shard', shard !== undefined, `Leave --shard out, and name the release there: ${names}.`],
    ['--identity', identity !== undefined, `Leave --identity out: no key is needed for that.`],
  ]
  const found = others.flatMap(([option, isThere, fix]) =>
    isThere
      ? [
          problem({
            code: 'usage/wrong',
            fault: 'usage',
            what: `--${by} cannot stand together with ${option}.`,
            fix,
          }),
        ]
      : [],
  )
  return unless(found, () => undefined)
}
