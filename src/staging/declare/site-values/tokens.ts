import { isObject } from '../../../core/json.ts'
import type { Json } from '../../../core/json.ts'
import type { Path } from '../../../core/pointer.ts'
import type { Where } from '../../../core/problem.ts'
import { tokenForm } from '../../../core/site-values/token.ts'
import type { DeclaredFile } from '../../../core/yaml/declared.ts'
import type { Source } from '../../../core/yaml/source.ts'

/** A token that somebody wrote, or what was begun as one. */
export interface FoundToken {
  /** What stands between `$(site:` and `)`; undefined where that has no end. */
  written: string | undefined
  /** Asked for only where there is something to tell: an excerpt of a line of megabytes takes its time. */
  where: () => Where
  /** It is replaced as all others are, but what a comment names need not be there. */
  inComment: boolean
}

const beginning = '$(site:'

/** All tokens of a text, with their offsets. */
const tokensIn = (text: string): { written: string | undefined; from: number; to: number }[] => {
  const whole = new Map([...text.matchAll(tokenForm)].map((match) => [match.index, match]))
  const found = []
  for (let from = text.indexOf(beginning); from >= 0; from = text.indexOf(beginning, from + 1)) {
    const match = whole.get(from)
    found.push({ written: match?.[1], from, to: from + (match?.[0].length ?? beginning.length) })
  }
  return found
}

/** Tells, of one offset after the other, whether it stands in a line of comment. */
const commentsIn = (text: string): ((offset: number) => boolean) => {
  let end = -1
  let isComment = false
  return (offset) => {
    while (end < offset) {
      const start = end + 1
      const next = text.indexOf('\n', start)
      end = next < 0 ? text.length : next
      isComment = /^[ \t]*#/.test(text.slice(start, end))
    }
    return isComment
  }
}

/** The tokens of a file: of values, or of manifests. */
export const tokensOfFile = ({ text, at }: Source): FoundToken[] => {
  const inComment = commentsIn(text)
  return tokensIn(text).map(({ written, from, to }) => ({
    written,
    where: () => at([from, to]),
    inComment: inComment(from),
  }))
}

/** The tokens of values that are written into a release's file at `path`, in keys as well. */
export const tokensOfValues = (value: Json, path: Path, declared: DeclaredFile): FoundToken[] => {
  const told = (text: string, at: Path, part: 'key' | 'value'): FoundToken[] =>
    tokensIn(text).map(({ written }) => ({
      written,
      where: () => declared.at(at, part),
      inComment: false,
    }))
  if (typeof value === 'string') return told(value, path, 'value')
  if (Array.isArray(value))
    return value.flatMap((item, index) => tokensOfValues(item, [...path, index], declared))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) => [
    ...told(key, [...path, key], 'key'),
    ...tokensOfValues(item, [...path, key], declared),
  ])
}
