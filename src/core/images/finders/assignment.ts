import { none } from '../finder.ts'
import type { Finder, Hit } from '../finder.ts'
import { judge } from '../judge.ts'

const name = /image/gi
/** What is left of the name, then `:` or `=` (or a blank, after a flag), quotes and blanks. */
const between = /[\w.-]{0,40}\\?["']?[ \t]{0,8}(?:[:=]|(?=[ \t]))[ \t]{0,8}\\?["']?/y
const value = /[\w./:@-]{3,512}/y

/** The flag that a name is a part of; the way back is short. */
const isFlag = (text: string, at: number): boolean =>
  /(?:^|[\s"'\\])--?[\w-]{0,40}$/.test(text.slice(Math.max(0, at - 44), at))

/** `image: REF`, `IMAGE=REF`, `--x-image=REF`, `--x-image REF` in any text: scripts, templates, YAML inside of YAML. */
export const assignment: Finder = {
  id: 'assignment',
  tier: 'B',
  finds:
    'image: REF, X_IMAGE=REF, --x-image=REF and --x-image REF inside of any text: scripts, templates, YAML inside of YAML',
  inText: (text, { isRegistry }) => {
    let found: Hit[] | undefined
    name.lastIndex = 0
    for (let match = name.exec(text); match !== null; match = name.exec(text)) {
      const after = match.index + match[0].length
      between.lastIndex = after
      const separator = between.exec(text)?.[0]
      if (separator === undefined) continue
      if (/pull|policy|secret|tag|version/i.test(separator)) continue
      if (!/[:=]/.test(separator) && !isFlag(text, match.index)) continue
      value.lastIndex = after + separator.length
      const run = value.exec(text)?.[0]
      if (run === undefined) continue
      const token = run.replace(/[.:@/_-]+$/, '')
      const start = after + separator.length
      const next = text[start + run.length]
      // `name:${TAG}` is made later, `f(` is code.
      if (next === '$' || next === '{' || next === '(' || next === '%' || next === '*') continue
      // `image: x` without a registry is an image where a version follows, as people write them.
      if (judge(token, 'image', isRegistry) !== 'B') continue
      const hit: Hit = {
        parts: [{ role: 'reference', at: [], text: token, span: [start, start + token.length] }],
      }
      if (found === undefined) found = [hit]
      else found.push(hit)
      name.lastIndex = start + token.length
    }
    return found ?? none
  },
}
