import { memberOf } from '../../core/bundle/manifest.ts'
import { objectsFolder } from '../../core/bundle/members.ts'
import type { Members } from '../../core/bundle/members.ts'
import { nameOf } from '../../core/object.ts'
import { problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { SetOf, ValidatedRelease } from '../../core/records.ts'

const renderAgain = 'Run `make render`, and review and commit what it changes.'

/** The texts of all objects as members. Objects without a text, and texts without an object, are refused by name. */
export const gatherObjects = (set: SetOf<ValidatedRelease>, files: Map<string, string>): Outcome<Members> => {
  const members: Members = new Map()
  const found: Problem[] = []
  for (const { name, objects } of set.releases)
    for (const { id, phase } of objects) {
      const member = memberOf(name, { phase, id })
      const text = files.get(member.slice(objectsFolder.length + 1))
      if (text === undefined)
        found.push(
          problem({
            code: 'bundle/not-rendered',
            what: `${nameOf(id)} of ${name} is not in rendered/${set.environment}.`,
            where: [{ in: 'object', object: id, release: name }],
            fix: renderAgain,
          }),
        )
      else members.set(member, Buffer.from(text))
    }
  for (const path of files.keys())
    if (!members.has(`${objectsFolder}/${path}`))
      found.push(
        problem({
          code: 'bundle/stale-file',
          what: `${path} in rendered/${set.environment} belongs to no object.`,
          where: [{ in: 'file', file: `rendered/${set.environment}/${path}` }],
          why: 'What was reviewed would not be what is applied.',
          fix: renderAgain,
        }),
      )
  return unless(found, () => members)
}
