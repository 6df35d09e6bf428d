import type { DriftedField, NotLookedAt, ObjectDrift, SetDrift } from '../core/drift.ts'
import { nameOf } from '../core/object.ts'
import { fieldText } from './comparison-text.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'
import { shortened, visible } from './visible.ts'

/** Lines in a terminal; JSON has all of them. */
const mostFields = 20
const mostNotLookedAt = 20

const safe = (text: string): string => shortened(visible(text), 300)

const writersOf = ({ by }: DriftedField): string =>
  by.length === 0
    ? ''
    : ` (${by.map(({ manager, wrote }) => `set by ${safe(manager)}${wrote === '' ? '' : `, which wrote last at ${safe(wrote)}`}`).join('; ')})`

const fieldLinesOf = (field: DriftedField, paint: Paint): string[] => {
  const note = paint.dim(writersOf(field))
  if (field.change === 'hidden') return [`      ${safe(field.name)}${note}: ${field.how} (not shown)`]
  return fieldText(field, { paint, verbose: false }, note)
}

const headOf = ({ id, drift, why }: ObjectDrift, paint: Paint): string => {
  const name = safe(nameOf(id))
  const more = why === '' ? '' : `: ${safe(why)}`
  switch (drift) {
    case 'gone':
      return paint.red(`  - ${name} is gone${more}`)
    case 'changed':
      return paint.yellow(`  ~ ${name}${more}`)
    case 'disowned':
      return paint.yellow(`  ~ ${name} is no member of the set any more${more}`)
    case 'made anew':
      return paint.red(`  ± ${name} was made anew by somebody else${more}`)
  }
}

const objectLines = (one: ObjectDrift, paint: Paint): string[] => {
  const shown = one.fields.slice(0, mostFields)
  const left = one.fields.length - shown.length
  return [
    headOf(one, paint),
    ...shown.flatMap((field) => fieldLinesOf(field, paint)),
    ...(left > 0 ? [`      … and ${counted(left, 'more field')} (--output json has all)`] : []),
    ...(one.correction === 'leaves' ? [`      --correct leaves it: ${safe(one.because)}`] : []),
  ]
}

const notLookedAtLines = (all: NotLookedAt[], paint: Paint): string[] => {
  const more = all.length - mostNotLookedAt
  return all.length === 0
    ? []
    : [
        paint.bold('Not compared'),
        ...all.slice(0, mostNotLookedAt).map(({ id, why }) => `  ? ${safe(nameOf(id))}: ${safe(why)}`),
        ...(more > 0 ? [`  … and ${counted(more, 'more object')}`] : []),
      ]
}

const endOf = ({ objects, compared, corrected, notLookedAt }: SetDrift): string => {
  const left = objects.filter((one) => one.correction === 'leaves').length
  if (objects.length === 0)
    return `No drift: ${counted(compared, 'object')} as ${compared === 1 ? 'it was' : 'they were'} applied${notLookedAt.length > 0 ? `, ${notLookedAt.length} not compared` : ''}.`
  if (corrected)
    return `Put back: ${counted(objects.length - left, 'object')}${left > 0 ? `; left as they are: ${left}` : ''}.`
  return `${objects.length} of ${counted(compared, 'object')} ${objects.length === 1 ? 'has' : 'have'} drifted${objects.length > left ? '; scout-apply drift --correct puts back what can be' : ''}.`
}

/**
 * What of a set is not as it was applied, release by release: `-` is gone, `~` has changed, `±` is another object of that name. Of fields the value that was
 * applied comes first, then the live one.
 */
export const describeDrift = (drift: SetDrift, paint: Paint): string => {
  const { set, bundles, objects, notLookedAt } = drift
  const releases = Map.groupBy(objects, ({ release }) => release)
  return [
    ...bundles.map(({ version, sequence, releases: names }) =>
      visible(`${set}: bundle ${version} (sequence ${sequence}): ${names.join(', ')}`),
    ),
    ...Array.from(releases, ([name, own]) => [
      paint.bold(visible(name || 'namespaces')),
      ...own.flatMap((one) => objectLines(one, paint)),
    ]).flat(),
    ...notLookedAtLines(notLookedAt, paint),
    endOf(drift),
    '',
  ].join('\n')
}
