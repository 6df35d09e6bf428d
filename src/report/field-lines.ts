import type { Edit, FieldChange, Shown } from '../core/comparison.ts'
import { counted, grouped } from './count.ts'
import { longestLine, scalarWords, valueLines } from './value.ts'
import { shortened, visible } from './visible.ts'

/** A line of a field's change: gone, come, as it was, or a word of ours between. */
export interface MarkedLine {
  mark: '-' | '+' | ' ' | '…'
  text: string
}

const marked = (mark: MarkedLine['mark'], lines: string[]): MarkedLine[] =>
  lines.map((text) => ({ mark, text }))

const markOf = { same: ' ', added: '+', removed: '-' } as const

const editLines = <T>(edits: Edit<T>[], words: (of: T) => string, noun: string): MarkedLine[] =>
  edits.map((edit) =>
    edit.edit === 'skipped'
      ? { mark: '…', text: counted(edit.count, `unchanged ${noun}`) }
      : { mark: markOf[edit.edit], text: words(edit.of) },
  )

/** Whether a change gives a text its last line break, or takes it. */
const movesLastBreak = (edits: Edit<string>[]): boolean =>
  edits.filter((edit) => edit.edit !== 'skipped' && edit.edit !== 'same' && !edit.of.endsWith('\n'))
    .length === 1

const textLines = (edits: Edit<string>[]): MarkedLine[] => {
  const note = movesLastBreak(edits) ? ' (no line break at the end)' : ''
  return editLines(
    edits,
    (line) =>
      line.endsWith('\n')
        ? shortened(visible(line.slice(0, -1)), longestLine)
        : `${shortened(visible(line), longestLine)}${note}`,
    'line',
  )
}

const maskedLine = (before: Shown, after: Shown): MarkedLine[] | undefined => {
  if (before.show !== 'masked' || after.show !== 'masked') return undefined
  const size = before.bytes === after.bytes ? '' : `${grouped(before.bytes)} → `
  return [{ mark: '…', text: `changed (masked, ${size}${counted(after.bytes, 'byte')})` }]
}

/** What changed in a field, line by line; secret values as their sizes. Lines hold nothing that a terminal acts on. */
export const fieldLines = (field: FieldChange): MarkedLine[] => {
  switch (field.change) {
    case 'added':
      return marked('+', valueLines(field.after))
    case 'removed':
      return marked('-', valueLines(field.before))
    case 'changed':
      return (
        maskedLine(field.before, field.after) ?? [
          ...marked('-', valueLines(field.before)),
          ...marked('+', valueLines(field.after)),
        ]
      )
    case 'text':
      return textLines(field.edits)
    case 'items':
      return editLines(field.edits, scalarWords, 'item')
    case 'reordered':
      return [
        ...marked('-', [shortened(visible(field.before.join(', ')), longestLine)]),
        ...marked('+', [shortened(visible(field.after.join(', ')), longestLine)]),
      ]
  }
}

/** No more than so many lines, and a last one that says how many were left out. */
export const bounded = (lines: MarkedLine[], most: number): MarkedLine[] =>
  lines.length <= most
    ? lines
    : [...lines.slice(0, most), { mark: '…', text: `${counted(lines.length - most, 'line')} not shown` }]
