import type { Comparison, FieldChange, ObjectChange, ReleaseChange } from '../core/comparison.ts'
import { nameOf } from '../core/object.ts'
import { bounded, fieldLines } from './field-lines.ts'
import type { MarkedLine } from './field-lines.ts'
import { paintIn } from './paint.ts'
import type { Paint } from './paint.ts'
import { countsInWords, countsOf, risksIn, summaryOf } from './summary.ts'
import type { FoundRisk } from './summary.ts'
import { shortened, visible } from './visible.ts'
import { grouped } from './count.ts'

/** Unless verbose: lines of one field, and places of one risk. */
const mostLines = 40
const mostPlaces = 20
const longestName = 300

interface Style {
  paint: Paint
  verbose: boolean
}

const name = (text: string): string => shortened(visible(text), longestName)

const inColour = ({ mark, text }: MarkedLine, { red, green, dim }: Paint): string => {
  const line = `${mark} ${text}`
  return mark === '-' ? red(line) : mark === '+' ? green(line) : dim(line)
}

/** A field's change in lines of a terminal: `spec.replicas: 1 → 3` where both fit on the line, else what went and what came below the name. `note` comes after its name. */
export const fieldText = (field: FieldChange, { paint, verbose }: Style, note = ''): string[] => {
  const lines = fieldLines(field)
  const [first, second] = lines
  const label = `      ${name(field.name)}${field.change === 'reordered' ? ' (order)' : ''}${note}:`
  if (lines.length === 1 && first?.mark === '…') return [`${label} ${first.text}`]
  if (lines.length === 1 && first && first.text.length <= 60) return [`${label} ${inColour(first, paint)}`]
  if (
    field.change === 'changed' &&
    lines.length === 2 &&
    first &&
    second &&
    first.text.length + second.text.length <= 60
  )
    return [`${label} ${paint.red(first.text)} → ${paint.green(second.text)}`]
  return [
    label,
    ...bounded(lines, verbose ? Infinity : mostLines).map((line) => `        ${inColour(line, paint)}`),
  ]
}

const objectText = (change: ObjectChange, style: Style): string[] => {
  const title = name(nameOf(change.id))
  switch (change.change) {
    case 'created':
      return [style.paint.green(`  + ${title}`)]
    case 'removed':
      return [style.paint.red(`  - ${title}`)]
    case 'changed':
      return [`  ~ ${title}`, ...change.fields.flatMap((field) => fieldText(field, style))]
    case 'moved':
      return [
        `  > ${title}, moved from ${name(`${change.before.release}/${change.before.phase}`)} to ${name(`${change.after.release}/${change.after.phase}`)}`,
        ...change.fields.flatMap((field) => fieldText(field, style)),
      ]
  }
}

const releaseText = (release: ReleaseChange, style: Style): string[] => {
  const counts = countsInWords(countsOf(release.objects))
  const state = release.change === 'changed' ? '' : ` ${release.change}`
  return [
    '',
    `${style.paint.bold(name(release.release))}${state}: ${counts || 'no objects'}`,
    ...release.objects.flatMap((change) => objectText(change, style)),
  ]
}

const riskText = (risk: FoundRisk, { paint, verbose }: Style): string[] => {
  const title = risk.level === 'danger' ? paint.red(`! ${risk.title}`) : paint.yellow(`i ${risk.title}`)
  const shown = verbose ? risk.at : risk.at.slice(0, mostPlaces)
  const left = risk.at.length - shown.length
  return [
    `  ${paint.bold(title)} ${paint.dim(`(${risk.id})`)}: ${risk.why}`,
    ...shown.map(
      ({ release, object, what }) => `      ${name(nameOf(object.id))} (${name(release)}): ${name(what)}`,
    ),
    ...(left > 0 ? [`      … and ${grouped(left)} more (--verbose shows all)`] : []),
  ]
}

/**
 * A comparison for the terminal: the summary first, then what it risks, then each release with its objects and their fields. `title`
 * says what is compared with what. Long fields are cut unless `verbose`; nothing in it can act on the terminal.
 */
export const printComparison = (
  comparison: Comparison,
  { title, colour, verbose }: { title: string; colour: boolean; verbose: boolean },
): string => {
  const style = { paint: paintIn(colour), verbose }
  const risks = risksIn(comparison)
  return [
    style.paint.bold(name(title)),
    summaryOf(comparison),
    ...(risks.length > 0
      ? ['', style.paint.bold('Risks'), ...risks.flatMap((risk) => riskText(risk, style))]
      : []),
    ...comparison.releases.flatMap((release) => releaseText(release, style)),
    '',
  ].join('\n')
}
