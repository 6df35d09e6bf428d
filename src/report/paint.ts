/** How parts of a text are made to stand out; each function leaves the text as it is where colours are off. */
export interface Paint {
  red: (text: string) => string
  green: (text: string) => string
  yellow: (text: string) => string
  cyan: (text: string) => string
  bold: (text: string) => string
  dim: (text: string) => string
}

/** ANSI's codes to start and to end; the end leaves other attributes on. */
const codes = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  bold: [1, 22],
  dim: [2, 22],
} as const

/** A set of brushes, real ones where `colour` is on. */
export const paintIn = (colour: boolean): Paint => {
  const brush =
    ([start, end]: readonly [number, number]) =>
    (text: string): string =>
      colour && text !== '' ? `\u001B[${start}m${text}\u001B[${end}m` : text
  return {
    red: brush(codes.red),
    green: brush(codes.green),
    yellow: brush(codes.yellow),
    cyan: brush(codes.cyan),
    bold: brush(codes.bold),
    dim: brush(codes.dim),
  }
}
