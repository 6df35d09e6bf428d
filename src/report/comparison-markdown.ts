import type { Comparison, FieldChange, ObjectChange, ReleaseChange } from '../core/comparison.ts'
import { nameOf } from '../core/object.ts'
import { counted } from './count.ts'
import { bounded, fieldLines } from './field-lines.ts'
import type { MarkedLine } from './field-lines.ts'
import { cell, code, codeBlock, htmlCode } from './markdown.ts'
import { countsInWords, countsOf, risksIn, summaryOf } from './summary.ts'
import type { FoundRisk } from './summary.ts'
import { shortened, visible } from './visible.ts'

/** A note on a merge request holds 1,000,000 characters on GitLab; some room is left for what the caller adds. */
const largest = 950_000

/** Lines of one field, of one object; rows of one table. So that no single change takes the room of all others. */
const mostFieldLines = 100
const mostObjectLines = 400
const mostRows = 100

const sizeOf = (text: string): number => Buffer.byteLength(text)

/** A table that takes no more than `room` bytes, and the sentence that counts the rows left out. */
const table = (head: string[], body: string[], room: number, noun: string): string[] => {
  let used = 0
  const shown = body.slice(0, mostRows).filter((row) => (used += sizeOf(row) + 1) <= room)
  const left = body.length - shown.length
  return [
    ...head,
    ...shown,
    ...(left > 0 ? ['', `… and ${counted(left, `more ${noun}`)}, not shown here.`] : []),
    '',
  ]
}

const riskTable = (risks: FoundRisk[], room: number): string[] => {
  if (risks.length === 0) return []
  const body = risks.flatMap(({ level, title, at }) =>
    at.map(({ release, object, what }) => {
      const mark = level === 'danger' ? '**danger**' : level
      return `| ${mark} | ${title} | ${cell(nameOf(object.id))} | ${cell(release)} | ${cell(what)} |`
    }),
  )
  const head = ['| Level | Risk | Object | Release | What |', '|---|---|---|---|---|']
  return ['### What it risks', '', ...table(head, body, room, 'risk')]
}

const releaseTable = ({ releases }: Comparison, room: number): string[] => {
  if (releases.length === 0) return []
  const body = releases.map(({ release, change, objects }) => {
    const { created, removed, changed, moved } = countsOf(objects)
    return `| ${cell(release)} | ${change} | ${created} | ${removed} | ${changed} | ${moved} |`
  })
  const head = ['| Release | | Created | Removed | Changed | Moved |', '|---|---|--:|--:|--:|--:|']
  return ['### Releases', '', ...table(head, body, room, 'release')]
}

const inDiff = ({ mark, text }: MarkedLine): string => (mark === '…' ? `@@ … ${text} @@` : `${mark} ${text}`)

const fieldDiff = (field: FieldChange): string[] => [
  `@@ ${shortened(visible(field.name), 300)}${field.change === 'reordered' ? ' (order)' : ''} @@`,
  ...bounded(fieldLines(field), mostFieldLines).map(inDiff),
]

const fieldsBlock = (fields: FieldChange[]): string[] => {
  const lines: string[] = []
  for (const [index, field] of fields.entries()) {
    lines.push(...fieldDiff(field))
    if (lines.length < mostObjectLines || index === fields.length - 1) continue
    lines.push(`@@ … ${counted(fields.length - index - 1, 'more field')} not shown @@`)
    break
  }
  return lines.length === 0 ? [] : ['', codeBlock('diff', lines)]
}

const objectTitle = (change: ObjectChange): string => {
  const object = code(nameOf(change.id))
  return change.change === 'moved'
    ? `moved ${object} from ${code(`${change.before.release}/${change.before.phase}`)} to ${code(`${change.after.release}/${change.after.phase}`)}`
    : `${change.change} ${object}`
}

const objectBlock = (change: ObjectChange): string =>
  [
    `- ${objectTitle(change)}`,
    ...(change.change === 'changed' || change.change === 'moved' ? fieldsBlock(change.fields) : []),
    '',
  ].join('\n')

const opening = ({ release, change, objects }: ReleaseChange): string =>
  `<details><summary>${htmlCode(release)} ${change}: ${countsInWords(countsOf(objects)) || 'no objects'}</summary>\n\n`
const closing = '\n</details>\n\n'

/** What was left out for want of room. */
interface Left {
  releases: number
  objects: number
}

/** Adds release by release and object by object while there is room, and counts the rest. */
const detailed = (releases: ReleaseChange[], room: number): { text: string; left: Left } => {
  const parts: string[] = []
  const left: Left = { releases: 0, objects: 0 }
  let used = 0
  const fits = (text: string): boolean => used + sizeOf(text) <= room
  const add = (text: string): void => {
    parts.push(text)
    used += sizeOf(text)
  }
  for (const release of releases) {
    const frame = opening(release)
    if (left.objects + left.releases > 0 || !fits(`${frame}${closing}`)) {
      left.releases++
      left.objects += release.objects.length
      continue
    }
    add(frame)
    used += sizeOf(closing)
    for (const [index, object] of release.objects.entries()) {
      const block = objectBlock(object)
      if (!fits(block)) {
        left.objects += release.objects.length - index
        break
      }
      add(block)
    }
    parts.push(closing)
  }
  return { text: parts.join(''), left }
}

const leftOut = ({ releases, objects }: Left): string =>
  releases + objects === 0
    ? ''
    : `**Not shown for want of room: ${counted(objects, 'changed object')}${releases > 0 ? `, with all of ${counted(releases, 'release')}` : ''}.** \`scout diff\` shows all.\n`

/**
 * A comparison for a merge request: the summary, what it risks, a table of the releases, then each release with its fields as diffs,
 * folded away. Names and values can't break out of it (no HTML, no references to people or issues, no table cells). At most `limit`
 * bytes; what has no room is counted at the end.
 */
export const comparisonMarkdown = (
  comparison: Comparison,
  { title, limit = largest }: { title: string; limit?: number },
): string => {
  const head = [
    `## Changes of ${code(title)}`,
    '',
    `**${summaryOf(comparison)}**`,
    '',
    ...riskTable(risksIn(comparison), limit / 4),
    ...releaseTable(comparison, limit / 4),
  ].join('\n')
  const noticeRoom = 300
  const { text, left } = detailed(comparison.releases, limit - sizeOf(head) - noticeRoom)
  return `${head}\n${text}${leftOut(left)}`
}
