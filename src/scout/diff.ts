import { command } from '../command-line/command.ts'
import { exitCodes } from '../core/problem.ts'
import { comparisonMarkdown } from '../report/comparison-markdown.ts'
import { printComparison } from '../report/comparison-text.ts'
import { compareWith } from '../staging/pipeline.ts'
import { environmentOption, siteOptions } from './options.ts'
import { openRun } from './run.ts'

export default command({
  summary:
    'Shows what changed in rendered/ since a git ref, object by object and field by field, risks first. Secret values are never shown.',
  arguments: [],
  options: {
    ...siteOptions,
    ...environmentOption,
    output: {
      value: 'FORM',
      choices: ['text', 'markdown', 'json'],
      help: 'text for the terminal (default), markdown for a merge request, json for programs',
    },
    from: { value: 'REF', help: 'the git ref to compare with (default: HEAD)' },
    'merge-base': { help: 'compare with where HEAD and --from parted, as a merge request does' },
    'exit-code': { help: 'exit with 3 where something changed' },
  },
  examples: [
    ['scout diff', 'what is not committed yet'],
    ['scout diff --from origin/main --merge-base', 'what this branch changes'],
    [
      'scout diff --from origin/main --merge-base --output markdown > diff.md',
      'the same, for a merge request',
    ],
    ['scout diff --env production --exit-code', 'tell by the exit code (3) whether production changed'],
  ],
  run: async ({ options }) => {
    const { system, step, terminal, verbose, answer } = openRun(options)
    const ref = options.from ?? 'HEAD'
    const from = options['merge-base']
      ? await step('find where the branches parted', () => system.git.mergeBase(ref))
      : ref
    const compared = await compareWith(from, options.env, system, step)
    if (options.output === 'markdown')
      terminal.out.write(
        compared
          .map(({ environment, comparison }) => comparisonMarkdown(comparison, { title: environment }))
          .join('\n'),
      )
    else
      answer(
        { from, environments: compared },
        compared
          .map(({ environment, comparison }) =>
            printComparison(comparison, {
              title: `${environment}, since ${from ?? ref}`,
              colour: terminal.out.colour,
              verbose,
            }),
          )
          .join('\n'),
      )
    const changed = compared.some(({ comparison }) => comparison.releases.length > 0)
    return options['exit-code'] && changed ? exitCodes.changes : exitCodes.done
  },
})
