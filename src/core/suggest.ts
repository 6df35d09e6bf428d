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
 * (one, for words of up to four letters), the same but for case, `-`, `_` and `.`, or begun by the word. The nearest wins, then the first.
 */
export const suggest = (word: string, known: Iterable<string>): string | undefined => {
  if (word.length > longestWord) return undefined
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_.]/g, '')
  const wanted = plain(word)
  const furthest = word.length <= 4 ? 1 : 2
  const away = (name: string): number => {
    if (plain(name) === wanted) return 0
    if (Math.abs(name.length - word.length) <= furthest) {
      const letters = distance(word, name)
      if (letters <= furthest) return letters
    }
    return wanted.length >= 3 && plain(name).startsWith(wanted) ? furthest + 1 : Infinity
  }
  let best: { name: string; far: number } | undefined
  for (const name of known) {
    const far = name === word ? Infinity : away(name)
    if (far < (best?.far ?? Infinity)) best = { name, far }
  }
  return best?.name
}
