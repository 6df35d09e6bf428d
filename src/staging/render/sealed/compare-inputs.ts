import { bad, good, problem } from '../../../core/problem.ts'
import type { Outcome, Problem } from '../../../core/problem.ts'
import type { ResolvedRelease, SealedFields } from '../../../core/records.ts'
import type { SiteValue } from '../../../core/site-values/recipe.ts'
import { outlineOf } from '../../../core/sops/outline.ts'
import { nameOfField } from './fields.ts'
import { changedInputs } from './inputs.ts'
import type { Inputs } from './inputs.ts'

const outdated = (release: ResolvedRelease, what: string, closed: Problem | undefined): Problem =>
  problem({
    code: 'render/sealed-inputs-changed',
    what: `Release ${release.name}: ${what}`,
    where: [{ in: 'release', release: release.name, file: release.file }],
    why: `Only with the key can be told what the chart makes there now${closed ? ` (${closed.what.replace(/\.$/, '')})` : ''}.`,
    fix: `Run with the key, and commit what it writes: scout render --only ${release.name} --identity FILE, or SOPS_AGE_KEY_FILE.`,
  })

/**
 * Without the key: whether all fields are sealed for all recipients, and nothing has changed of what they are made of; `closed` says why there is
 * no key, where one was tried. Refuses with `render/sealed-inputs-changed`.
 */
export const compareInputs = (
  release: ResolvedRelease,
  fields: SiteValue[],
  { file, text }: { file: string; text: string | undefined },
  inputs: Inputs,
  recipients: string[],
  closed: Problem | undefined,
): Outcome<SealedFields> => {
  const names = fields.map(nameOfField)
  const outline = text === undefined ? undefined : outlineOf(text, file)
  if (outline === undefined || text === undefined)
    return bad([
      outdated(
        release,
        `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} not sealed yet: there is no ${file}.`,
        closed,
      ),
    ])
  if (!outline.ok) return outline
  const there = new Set(outline.value.leaves.map(({ pointer }) => pointer))
  const missing = names.filter((name) => !there.has(`/values/${name}`))
  if (missing.length > 0)
    return bad([outdated(release, `${file} does not hold ${missing.join(', ')} yet.`, closed)])
  const shutOut = recipients.filter((one) => !outline.value.recipients.includes(one))
  if (shutOut.length > 0)
    return bad([
      outdated(
        release,
        `${file} is not sealed for ${shutOut.join(', ')} yet, as site.yaml wants it.`,
        closed,
      ),
    ])
  const before = outline.value.valuesWith(() => '')['inputs']
  const changed = changedInputs(before, inputs)
  if (changed.length > 0)
    return bad([
      outdated(
        release,
        `what it keeps sealed (${names.join(', ')}) has to be made anew, as this changed: ${changed.join(', ')}.`,
        closed,
      ),
    ])
  return good({ file, text, names, state: 'not re-made' })
}
