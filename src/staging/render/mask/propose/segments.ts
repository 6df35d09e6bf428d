import { cutOut } from '../../../../core/site-values/cut.ts'

/** Where a value stands in a text: between these two. */
export interface Around {
  after: string
  before: string
}

const block =
  '-----BEGIN [A-Z0-9 ]+-----[\\s\\S]*?-----END [A-Z0-9 ]+-----|\\$2[abxy]\\$\\d\\d\\$[./A-Za-z0-9]{53}'

/** What a text is cut into: blocks of PEM, bcrypt hashes, and words; of narrow words first, as `:` and `=` are mostly around values. */
const cuts = [new RegExp(`(${block}|[A-Za-z0-9]+)`), new RegExp(`(${block}|[A-Za-z0-9+/=_~.-]+)`)]

/** The pieces of all texts, those at even places the same in all of them; undefined where the texts are not alike. */
const alike = (texts: string[], cut: RegExp): string[][] | undefined => {
  const pieces = texts.map((text) => text.split(cut))
  const [first] = pieces
  if (first === undefined || pieces.some((one) => one.length !== first.length)) return undefined
  return first.every((piece, index) => index % 2 === 1 || pieces.every((one) => one[index] === piece))
    ? pieces
    : undefined
}

/** Whether only signs of base64 and the like stand between two words that differ: they are rather one value. */
const areTorn = (pieces: string[][], differs: boolean[]): boolean =>
  differs.some(
    (one, index) => one && differs[index + 2] === true && /^[+/=_~.-]+$/.test(pieces[0]?.[index + 1] ?? ''),
  )

/** What `after` and `before` may hold. */
const longest = 4096
const mostLines = 12

/** Ever more of the text before a value, from the beginning of its line; then of that after it. */
const contexts = (
  constantBefore: string,
  constantAfter: string,
  atStart: boolean,
  atEnd: boolean,
): Around[] => {
  const lines = constantBefore.split('\n').slice(-mostLines)
  const afters = [
    ...(atStart ? [''] : []),
    ...lines.map((_, index) => lines.slice(lines.length - 1 - index).join('\n')),
    // In a chain of certificates nothing else is there to go by.
    `-----END CERTIFICATE-----${constantBefore}`,
  ]
  const befores = [
    ...(atEnd ? [''] : []),
    constantAfter.slice(0, 1),
    constantAfter.split('\n')[0]!,
    constantAfter.slice(0, longest),
  ]
  return afters
    .filter((after) => after.length <= longest)
    .flatMap((after) => befores.map((before) => ({ after, before })))
}

/**
 * Of texts (one a render, `covered` with placeholders for what is known already, `raw` without) the first part that differs, by what stands around it in all of
 * them, and its values. undefined where the texts are not alike around it.
 */
export const firstSegment = (
  raw: string[],
  covered: string[],
): { around: Around; values: string[] } | undefined => {
  for (const cut of cuts) {
    const pieces = alike(covered, cut)
    const [first] = pieces ?? []
    if (pieces === undefined || first === undefined) continue
    const differs = first.map((piece, index) => pieces.some((one) => one[index] !== piece))
    if (areTorn(pieces, differs)) continue
    const at = differs.indexOf(true)
    if (at < 0) return undefined
    const isFixed = (index: number): boolean =>
      !differs[index] && !/^scoutsitevalue[0-9a-f]{18}$/.test(first[index]!)
    let from = at
    while (from > 0 && isFixed(from - 1)) from -= 1
    let to = at + 1
    while (to < first.length && isFixed(to)) to += 1
    const before = first.slice(from, at).join('')
    const after = first.slice(at + 1, to).join('')
    const tokens = pieces.map((one) => one[at]!.replaceAll(/\\n|\s+/g, ''))
    for (const around of contexts(
      before,
      after,
      from === 0 && before === '',
      /^\n*$/.test(after) && to === first.length,
    )) {
      const found = raw.map((text) => cutOut(text, around))
      const values = found.flatMap((one) => (one === undefined || one === 'unfit' ? [] : [one.value]))
      if (values.length < raw.length) continue
      if (values.every((value, index) => value.replaceAll(/\s+/g, '') === tokens[index]))
        return { around, values }
    }
  }
  return undefined
}
