/** One line of a text, without its line break. */
export interface Line {
  /** From 1. */
  number: number
  /** The offset of its first character. */
  start: number
  text: string
}

const lineStarts = (text: string): number[] => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The index of the last line that starts at or before `offset`. */
const lineAt = (starts: number[], offset: number): number => {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] as number) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** Finds the line that an offset lies in. The text is looked through once, so many places in a long one cost little. */
export const linesOf = (text: string): ((offset: number) => Line) => {
  const starts = lineStarts(text)
  return (offset) => {
    const index = lineAt(starts, offset)
    const start = starts[index] ?? 0
    const next = starts[index + 1]
    return { number: index + 1, start, text: text.slice(start, next === undefined ? undefined : next - 1) }
  }
}
