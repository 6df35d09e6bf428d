import type { Values } from '../command-line/command.ts'
import { forgetful } from '../core/effects/memory.ts'
import { bad, exitCodes, good, problem } from '../core/problem.ts'
import { withEntries } from '../core/yaml/with-entries.ts'
import { counted } from '../report/count.ts'
import { proposeSiteValues } from '../staging/pipeline.ts'
import { writeOutput } from '../system/output-file.ts'
import { join } from 'node:path'
import type { environmentOption, siteOptions } from './options.ts'
import { openRun } from './run.ts'

/**
 * Writes the site values that a release needs beside those that it declares into its file, as the first environment that has it needs them;
 * a person looks them over.
 */
export const proposeRelease = async (
  name: string,
  options: Values<typeof siteOptions & typeof environmentOption>,
): Promise<number> => {
  const { system, step, answer } = openRun(options)
  const found = await proposeSiteValues(
    { environments: options.env, selection: { only: [name], shard: null } },
    { ...system, memory: forgetful },
    step,
  )
  const first = found.flatMap(({ releases }) => releases)[0]
  const file = first?.release.file ?? ''
  const { yaml = '', left = [], lone = [] } = first?.proposal ?? {}
  const unserved = left.length + lone.length
  const rest =
    unserved === 0
      ? ''
      : `${counted(unserved, 'difference')} no site value can serve: \`scout render\` names each.\n`
  if (yaml === '') {
    answer({ file, siteValues: '', unserved }, `${name} needs no further site values.\n${rest}`)
    return exitCodes.done
  }
  await step(`write ${file}`, async () => {
    const text = withEntries((await system.files.readText(file)) ?? '', 'siteValues', yaml)
    if (text === undefined)
      return bad([
        problem({
          code: 'render/unmergeable-proposal',
          what: `${file} has siteValues that lines cannot be added to.`,
          where: [{ in: 'file', file }],
          fix: `Write it as a block of lines, and take up by hand:\n${yaml}`,
        }),
      ])
    await writeOutput(join(options.site ?? '.', file), text)
    return good(undefined)
  })
  answer(
    { file, siteValues: yaml, unserved },
    `${yaml}written to ${file}: look it over, then run \`scout render\`.\n${rest}`,
  )
  return exitCodes.done
}
