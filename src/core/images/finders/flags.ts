import { none } from '../finder.ts'
import type { Finder, Hit } from '../finder.ts'
import { bareSuspect, listed } from '../listed.ts'
import type { Evidence } from '../judge.ts'

const isArguments = /args$|^command$|arguments$/i
const joined = /^(-{1,2}[A-Za-z][\w.-]{0,100})=/
const alone = /^-{1,2}[A-Za-z][\w.-]{0,100}$/

const evidenceOf = (flag: string): Evidence =>
  /image/i.test(flag) && !/pull|policy|secret|tag$|version/i.test(flag)
    ? 'image'
    : /repository$/i.test(flag)
      ? 'repository'
      : 'nothing'

/** Flags of a command: `--x-image=REF`, and `--x-image REF` in two items. */
export const flags: Finder = {
  id: 'flag',
  tier: 'B',
  finds:
    'flags in args and command, in one item or two, whose name contains image or whose value is a reference of a known registry',
  inMap: (map, { isRegistry }) => {
    let found: Hit[] | undefined
    for (const key in map) {
      const list = map[key]
      if (!Array.isArray(list) || list.length === 0 || !isArguments.test(key)) continue
      for (const [index, item] of list.entries()) {
        if (typeof item !== 'string' || item.length < 2 || item.length > 4096) continue
        const [start, flag] = joined.exec(item) ?? []
        const at = [key, index]
        let hits: Hit[] = none
        if (start !== undefined && flag !== undefined) {
          const value = item.slice(start.length)
          const evidence = evidenceOf(flag)
          hits = listed(value, evidence, isRegistry, at, start.length)
          if (hits.length === 0 && evidence === 'image' && /image$/i.test(flag))
            hits = bareSuspect(value, at, [start.length, item.length])
        } else {
          const before = list[index - 1]
          if (typeof before !== 'string' || !alone.test(before) || item.startsWith('-')) continue
          const evidence = evidenceOf(before)
          hits = listed(item, evidence, isRegistry, at)
          if (hits.length === 0 && evidence === 'image' && /image$/i.test(before))
            hits = bareSuspect(item, at)
        }
        if (hits.length > 0) (found ??= []).push(...hits)
      }
    }
    return found ?? none
  },
}
