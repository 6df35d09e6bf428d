import { command } from '../command-line/command.ts'
import { exitCodes } from '../core/problem.ts'
import type { Problem } from '../core/problem.ts'
import type { SealedFields } from '../core/records.ts'
import { jsonText } from '../report/json-text.ts'
import { tellProgress } from '../report/progress/progress.ts'
import { inputsOf, recallAnswer } from '../system/stamp.ts'
import type { Question } from '../system/stamp.ts'
import { isKeyAtHand } from '../system/key-at-hand.ts'
import { openTerminal } from '../system/terminal.ts'
import { environmentOption, siteOptions } from './options.ts'
import { selectionOptions } from './selection.ts'

/** What a run answered, kept for the next one. */
export interface RenderAnswer {
  environments: { environment: string; releases: number; objects: number; images: number }[]
  /** What releases keep sealed; not re-made is what needed the key, and did not need to change. */
  sealed: { environment: string; release: string; fields: string[]; state: SealedFields['state'] }[]
  warnings: Problem[]
}

const wordsForSealed: Record<SealedFields['state'], string> = {
  sealed: 'sealed anew',
  same: 'made again with the key, and the same',
  'not re-made': 'not re-made, inputs unchanged',
}

/** The answer in words, without what was written. */
export const wordsOf = ({ environments, sealed }: Pick<RenderAnswer, 'environments' | 'sealed'>): string =>
  [
    ...environments.map(
      ({ environment, releases, objects, images }) =>
        `${environment}: ${releases} releases, ${objects} objects, ${images} images\n`,
    ),
    ...sealed.map(
      ({ environment, release, fields, state }) =>
        `${environment}: ${release}: ${fields.join(', ')} ${wordsForSealed[state]}\n`,
    ),
  ].join('')

export default command({
  summary:
    'Renders all releases of the site into rendered/, one file an object. Nothing is written unless everything is in order.',
  arguments: [],
  options: {
    ...siteOptions,
    ...environmentOption,
    ...selectionOptions,
    identity: {
      value: 'FILE',
      help: 'the age identity that opens what is sealed, to make sealed fields anew (default: SOPS_AGE_KEY_FILE, SOPS_AGE_KEY; needed only where what they are made of has changed)',
    },
    propose: {
      value: 'RELEASE',
      many: true,
      help: 'write the site values into its release.yaml that it needs to come out the same at each render',
    },
    explain: {
      value: 'RELEASE',
      help: 'write nothing, and tell what its templates ask of the cluster and what they are answered',
    },
  },
  examples: [
    ['scout render', 'every release, every environment'],
    ['scout render --env production --only web', 'one release of one environment'],
    ['scout render --shard 1/4', 'the first of four parts, where CI runs several jobs at once'],
    ['scout render --explain web', 'why a chart renders as it does'],
    ['scout render --propose web', 'which passwords and certificates a chart makes up'],
    ['scout render --identity key.txt', 'with the key, after a change of what sealed fields are made of'],
    ['scout render --verbose', "with helm's own words"],
  ],
  run: async ({ options }) => {
    if (options.propose.length > 0) {
      const { proposeReleases } = await import('./propose.ts')
      return await proposeReleases(options.propose, options)
    }
    if (options.explain !== undefined) {
      const { explainRelease } = await import('./explain-release.ts')
      return await explainRelease(options.explain, options)
    }
    const root = options.site ?? '.'
    const { env, only, shard } = options
    // Of a part, not all grounds are known.
    const isPart = only.length > 0 || shard !== undefined
    // With a key more is looked at, and what it opens has to be tried.
    const withKey = options.identity !== undefined || isKeyAtHand(process.env)
    const question: Question | undefined =
      isPart || withKey
        ? undefined
        : {
            words: JSON.stringify({ env }),
            writes: env.length === 0 ? ['rendered'] : env.map((name) => `rendered/${name}`),
          }
    const asked = question && { question, inputs: await inputsOf(root) }
    const known = asked && (recallAnswer(root, asked) as RenderAnswer | undefined)
    if (known) {
      const json = options.output === 'json'
      const terminal = openTerminal()
      const tell = tellProgress(terminal, { output: json ? 'json' : 'text', verbose: options.verbose })
      for (const problem of known.warnings) tell({ tell: 'warning', problem })
      const { environments, sealed } = known
      terminal.out.write(
        json
          ? jsonText({ environments, sealed, written: 0, removed: 0 }, 2)
          : `${wordsOf(known)}rendered/ was up to date\n`,
      )
      return exitCodes.done
    }
    // Loaded only now: where nothing has changed, loading it would take longer than all the rest.
    const { renderSite } = await import('./render-site.ts')
    return await renderSite(options, asked)
  },
})
