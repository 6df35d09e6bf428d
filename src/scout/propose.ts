import { join } from 'node:path'
import type { ReadFiles } from '../core/effects/files.ts'
import { bad, exitCodes, good, problem } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { withEntries } from '../core/yaml/with-entries.ts'
import { printProblems } from '../report/problems.ts'
import { proposeSiteValues } from '../staging/pipeline.ts'
import { replaceFile } from '../system/output-file.ts'
import { askedAlone } from './asked-alone.ts'
import type { AskOptions } from './asked-alone.ts'
import { openRun } from './run.ts'

/** The text of a release's file with the proposal in it. */
const taken = async (file: string, yaml: string, files: ReadFiles): Promise<Outcome<string>> => {
  const text = withEntries((await files.readText(file)) ?? '', 'siteValues', yaml)
  return text === undefined
    ? bad([
        problem({
          code: 'render/unmergeable-proposal',
          what: `${file} has siteValues that lines cannot be added to.`,
          where: [{ in: 'file', file }],
          fix: `Write them as a block of lines, and take up by hand:\n${yaml}`,
        }),
      ])
    : good(text)
}

/** What has to be there before what is proposed to be sealed can be rendered. */
const forSealing = (environment: string): string =>
  `What is \`sealed\` needs somebody who can open it, and releases/site.yaml names nobody for ${environment}. Make a key with \`age-keygen -o FILE\`, write its public key there: \`sealing: { recipients: [age1...] }\`, and render once with \`scout render --identity FILE\`.\n`

/**
 * Writes the site values that releases need beside those that they declare into their files, each as the first environment that has it needs
 * them; a person looks them over. What no site value can serve is told with what can be done instead.
 */
export const proposeReleases = async (names: string[], options: AskOptions): Promise<number> => {
  const { system, step, answer, terminal, json, verbose } = openRun(options)
  const { err } = terminal
  await step('read the options', async () => askedAlone('propose', options))
  const environments = await proposeSiteValues(
    { environments: options.env, selection: { only: names, shard: null } },
    system,
    step,
  )
  const found = environments.flatMap(({ releases }) => releases)
  const firsts = Array.from(Map.groupBy(found, ({ release }) => release.name).values(), ([first]) => first!)
  const answers: { file: string; siteValues: string; left: Problem[] }[] = []
  const words: string[] = []
  for (const { release, proposal, left, lacksRecipients } of firsts) {
    const { name, file, environment } = release
    const { yaml } = proposal
    if (yaml === '') words.push(`${name} needs no further site values.\n`)
    else {
      await step(`write ${file}`, async () => {
        const text = await taken(file, yaml, system.files)
        if (text.ok) await replaceFile(join(options.site ?? '.', file), text.value)
        return text
      })
      words.push(`${yaml}written to ${file}: look it over, then run \`scout render\`.\n`)
      if (lacksRecipients) words.push(forSealing(environment))
    }
    answers.push({ file, siteValues: yaml, left })
  }
  answer(answers, words.join('\n'))
  // They stand in the way of a render, not of the proposal.
  const left = answers.flatMap((one) => one.left).map((one) => ({ ...one, severity: 'warning' as const }))
  if (!json) err.write(printProblems(left, { colour: err.colour, verbose }))
  return exitCodes.done
}
