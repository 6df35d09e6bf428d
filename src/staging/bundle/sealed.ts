import { mostSealedBytes, sealedMemberOf } from '../../core/bundle/members.ts'
import type { Members } from '../../core/bundle/members.ts'
import { problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { SiteValue } from '../../core/site-values/recipe.ts'

const renderWithKey = 'Render with the key (`scout render --identity FILE`), and commit what it writes.'

/** The files in SOPS format that these site values are sealed in, as members. One that is missing, or too large, is refused. */
export const gatherSealed = (siteValues: SiteValue[], files: Map<string, Uint8Array>): Outcome<Members> => {
  const members: Members = new Map()
  const found: Problem[] = []
  const refuse = (slug: string, file: string, what: string, fix: string): void => {
    found.push(problem({ code: `bundle/${slug}`, what, where: [{ in: 'file', file }], fix }))
  }
  for (const { id, recipe } of siteValues) {
    if (recipe.made !== 'sealed') continue
    const { file } = recipe
    const member = sealedMemberOf(file)
    if (members.has(member)) continue
    const content = files.get(file)
    if (content === undefined)
      refuse('no-sealed-file', file, `There is no ${file}, in which ${id} is sealed.`, renderWithKey)
    else if (content.length > mostSealedBytes)
      refuse(
        'large-sealed-file',
        file,
        `${file} has ${content.length} bytes; at most ${mostSealedBytes} are carried in a bundle.`,
        'Divide it.',
      )
    else members.set(member, content)
  }
  return unless(found, () => members)
}
