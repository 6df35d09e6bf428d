import type { Screen } from '../../../src/core/effects/terminal.ts'

/** A screen that keeps what was written. */
export const recording = (
  columns = 80,
  rows = 24,
): { screen: Screen; written: string[]; resize: (columns: number) => void } => {
  const written: string[] = []
  let width = columns
  return {
    screen: {
      write: (text) => void written.push(text),
      isTerminal: true,
      colour: false,
      columns: () => width,
      rows: () => rows,
    },
    written,
    resize: (next) => {
      width = next
    },
  }
}

/**
 * What a terminal shows after these writes: understands line breaks, CR, cursor up, erase to the end of the line and erase below, which is all that a
 * live table may use; anything else throws, and so does erasing below from the first row (see live.ts). A line that is as wide as the terminal throws, too: it could wrap.
 */
export const shownBy = (writes: string[], columns: number): string[] => {
  const lines: string[] = ['']
  let row = 0
  let column = 0
  for (const token of writes.join('').match(/\u001B\[\d*[A-Z]|\n|\r|[^\u001B\n\r]+|\u001B/g) ?? []) {
    const up = /^\u001B\[(\d+)A$/.exec(token)
    if (up) row = Math.max(0, row - Number(up[1]))
    else if (token === '\u001B[0J') {
      if (row === 0) throw new Error('erases the whole screen')
      lines.splice(row, Infinity, '')
    } else if (token === '\u001B[0K') lines[row] = (lines[row] ?? '').slice(0, column)
    else if (token === '\n') {
      lines[++row] ??= ''
      column = 0
    } else if (token === '\r') column = 0
    else if (token.startsWith('\u001B'))
      throw new Error(`an escape that a table needs not: ${JSON.stringify(token)}`)
    else {
      const line = lines[row] ?? ''
      lines[row] = line.slice(0, column) + token + line.slice(column + token.length)
      column += token.length
    }
    if ((lines[row]?.length ?? 0) >= columns) throw new Error(`a line that may wrap: ${lines[row]}`)
  }
  return lines
}
