import { join } from 'node:path'
import type { Values } from '../command-line/command.ts'
import type { ReadFiles } from '../core/effects/files.ts'
import { forgetful } from '../core/effects/memory.ts'
import { bad, exitCodes, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { withEntries } from '../core/yaml/with-entries.ts'
import { counted } from '../report/count.ts'
import { proposeSiteValues } from '../staging/pipeline.ts'
import { writeOutput } from '../system/output-file.ts'
import type { environmentOption, siteOptions } from './options.ts'
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

/**
 * Writes the site values that releases need beside those that they declare into their files, each as the first environment that has it needs
 * them; a person looks them over.
 */
export const proposeReleases = async (
  names: string[],
  options: Values<typeof siteOptions & typeof environmentOption>,
): Promise<number> => {
  const { system, step, answer } = openRun(options)
  const environments = await proposeSiteValues(
    { environments: options.env, selection: { only: names, shard: null } },
    { ...system, memory: forgetful },
    step,
  )
  const found = environments.flatMap(({ releases }) => releases)
  const firsts = Array.from(Map.groupBy(found, ({ release }) => release.name).values(), ([first]) => first!)
  const answers: { file: string; siteValues: string; unserved: number }[] = []
  const words: string[] = []
  for (const { release, proposal } of firsts) {
    const { name, file } = release
    const { yaml } = proposal
    if (yaml === '') words.push(`${name} needs no further site values.\n`)
    else {
      await step(`write ${file}`, async () => {
        const text = await taken(file, yaml, system.files)
        if (text.ok) await writeOutput(join(options.site ?? '.', file), text.value)
        return text
      })
      words.push(`${yaml}written to ${file}: look it over, then run \`scout render\`.\n`)
    }
    const unserved = proposal.left.length + proposal.lone.length
    if (unserved > 0)
      words.push(
        `${name}: ${counted(unserved, 'difference')} no site value can serve; \`scout render\` names each.\n`,
      )
    answers.push({ file, siteValues: yaml, unserved })
  }
  answer(answers, words.join('\n'))
  return exitCodes.done
}
