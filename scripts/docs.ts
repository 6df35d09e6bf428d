/**
 * Writes the generated pages of docs/: the rules (docs/rules.md) and the commands (docs/commands.md), from the same data
 * that judges and parses. `--check` writes nothing and fails where a page is stale.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from '../src/command-line/command.ts'
import { commandHelp } from '../src/command-line/help.ts'
import { finders } from '../src/core/images/find.ts'
import { givenRules } from '../src/core/images/given/given.ts'
import { customResource } from '../src/core/readiness/custom-resource.ts'
import { readinessRules as readiness } from '../src/core/readiness/rules.ts'
import { scoutApply } from '../src/scout-apply.ts'
import { scout } from '../src/scout.ts'
import { rules as risks } from '../src/staging/compare/risks/rules.ts'
import { rules as faults } from '../src/staging/validate/rules/rules.ts'

const head = '<!-- Made by scripts/docs.ts; run `make fix` to make it anew. -->\n'

const rulesPage = (): string =>
  [
    head,
    '# Rules',
    '',
    'Each rule is a file with its own examples, which are its tests. A rule is added by adding a file.',
    '',
    '## Faults that the schema cannot see',
    '',
    'Found by `scout validate` (and before every render is written), in `src/staging/validate/rules/`.',
    ...faults.flatMap(({ id, title, why, fix }) => [
      '',
      `### ${id}`,
      '',
      `${title}. ${why}`,
      '',
      `**Fix:** ${fix}`,
    ]),
    '',
    '## Risks that a reviewer must see',
    '',
    'Marked by `scout diff` and in the report inside the bundle, from `src/staging/compare/risks/`.',
    ...risks.flatMap(({ id, title, level, why, examples }) => [
      '',
      `### ${id}`,
      '',
      `${title} (${level}). ${why}`,
      '',
      ...examples.flatMap((example) => example.finds.map((found) => `- ${example.title}: “${found}”`)),
    ]),
    '',
    '## When an object is ready',
    '',
    'What `scout-apply` waits for, from `src/core/readiness/`; statuses of each kind, ready and not, with their sources lie in',
    '`test/core/readiness/fixtures/`. For every kind: an object that is being deleted is not ready; where the status says which generation it',
    'speaks of, an older one is waited out; `Stalled` that is True is a failure, `Reconciling` that is True is not ready. A failure ends the wait',
    'at once. A release sets rules of its own in `apply.ready` (docs/declare.md), and they win.',
    '',
    '| kind | ready when | failed when | not waited for when |',
    '|---|---|---|---|',
    ...[...readiness, customResource].map(({ kinds, readyWhen, failedWhen = '', leftAloneWhen = '' }) => {
      const named = kinds.map((kind) => `\`${kind}\``).join(', ') || 'every other kind'
      return `| ${named} | ${readyWhen} | ${failedWhen} | ${leftAloneWhen} |`
    }),
    '',
    '## Where images are found',
    '',
    'By `src/core/images/finders/`, in this order; what one has claimed is not given to those after it. Tier A: a node pulls it; B: sure by its form;',
    'C: suspects, which a person decides (docs/images.md). What a finder is not sure of is C, too.',
    '',
    '| finder | tier | finds |',
    '|---|---|---|',
    ...finders.map(({ id, tier, finds }) => `| ${id} | ${tier} | ${finds} |`),
    '',
    'The finder `rule` knows these places, from `src/core/images/given/`; a site adds its own in `images.finders`:',
    '',
    '| kind | path | form |',
    '|---|---|---|',
    ...givenRules.map(({ kind, path, form }) => `| \`${kind}\` | \`${path}\` | ${form} |`),
    '',
  ].join('\n')

const commandsPage = async (): Promise<string> => {
  const sections: string[] = []
  for (const program of [scout, scoutApply])
    for (const [name, { load }] of Object.entries(program.commands)) {
      const called = name === '' ? program.name : `${program.name} ${name}`
      const command: Command = await load()
      sections.push(`## ${called}\n\n\`\`\`\n${commandHelp(called, command)}\`\`\`\n`)
    }
  return `${head}\n# Commands\n\n${sections.join('\n')}`
}

const pages: [string, string][] = [
  ['docs/rules.md', rulesPage()],
  ['docs/commands.md', await commandsPage()],
]
for (const [page, text] of pages) {
  const file = join(import.meta.dirname, '..', page)
  if (!process.argv.includes('--check')) await writeFile(file, text)
  else if ((await readFile(file, 'utf8')) !== text) {
    console.error(`${page} is stale: run \`make fix\``)
    process.exitCode = 1
  }
}
