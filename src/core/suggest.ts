/**
 * How many letters must be put in, taken out, changed or swapped with their neighbour to make `b` of `a`.
 * Source: optimal string alignment distance (Damerau 1964), three rows of its table at a time.
 */
const distance = (a: string, b: string): number => {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const here = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      here[column] = Math.min(
        (above[column] ?? 0) + 1,
        (here[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
      )
    }
    before = above
    above = here
  }
  return above[b.length] ?? 0
}

/** Names are short; a word longer than this was not meant as one of them, and comparing it would cost time. */
const longestWord = 100

/**
 * The known name that was most likely meant by `word`, or undefined where none is near: at most two letters away
 * (one, for words of up to four letters), or the same but for case, `-`, `_` and `.`. The first of equals wins.
 */
export const suggest = (word: string, known: Iterable<string>): string | undefined => {
  if (word.length > longestWord) return undefined
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_.]/g, '')
  const furthest = word.length <= 4 ? 1 : 2
  let best: { name: string; away: number } | undefined
  for (const name of known) {
    if (name === word || Math.abs(name.length - word.length) > furthest + 2) continue
    const away = plain(name) === plain(word) ? 0.5 : distance(word, name)
    if (away <= furthest && away < (best?.away ?? Infinity)) best = { name, away }
  }
  return best?.name
}
