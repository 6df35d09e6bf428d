/** What parsing a JSON text says nothing about: a key that stands twice in one map, and nesting beyond what can be walked. Lines are from 1. */
type JsonFlaw = { flaw: 'duplicate-key'; key: string; line: number } | { flaw: 'too-deep'; line: number }

const deepest = 1000

/** The index of the quote that ends the string which begins at `start`. No regular expression: its stack has no room for a long string. */
const endOfString = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text[end - 1 - escapes] === '\\') escapes += 1
    if (escapes % 2 === 0) return end
  }
}

/** The first such flaw of a text that is known to be JSON, or undefined. */
export const jsonFlaw = (text: string): JsonFlaw | undefined => {
  const lineOf = (index: number): number => text.slice(0, index).split('\n').length
  const marks = /["{}[\]]/g
  const colon = /\s*:/y
  // Of each open map the keys so far; undefined for a list.
  const open: (Set<string> | undefined)[] = []
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const { 0: sign, index } = mark
    if (sign === '}' || sign === ']') open.pop()
    else if (sign !== '"') {
      if (open.length === deepest) return { flaw: 'too-deep', line: lineOf(index) }
      open.push(sign === '{' ? new Set() : undefined)
    } else {
      marks.lastIndex = endOfString(text, index) + 1
      colon.lastIndex = marks.lastIndex
      if (!colon.test(text)) continue
      const key = JSON.parse(text.slice(index, marks.lastIndex)) as string
      const keys = open.at(-1)
      if (keys?.has(key)) return { flaw: 'duplicate-key', key, line: lineOf(index) }
      keys?.add(key)
    }
  }
  return undefined
}
