import type { Comparison, ObjectChange, Risk, RiskLevel } from '../core/comparison.ts'
import { counted, grouped } from './count.ts'

const words: { [change in ObjectChange['change']]: string } = {
  created: 'created',
  removed: 'removed',
  changed: 'changed',
  moved: 'moved',
}

/** How many objects were created, removed, changed and moved. */
type Counts = { [change in ObjectChange['change']]: number }

export const countsOf = (objects: ObjectChange[]): Counts => {
  const counts: Counts = { created: 0, removed: 0, changed: 0, moved: 0 }
  for (const { change } of objects) counts[change]++
  return counts
}

/** `2 created, 1 removed, 5 changed`; '' where all are 0. */
export const countsInWords = (counts: Counts): string =>
  (Object.keys(words) as (keyof Counts)[])
    .filter((change) => counts[change] > 0)
    .map((change) => `${grouped(counts[change])} ${words[change]}`)
    .join(', ')

/** The first line of every report: `3 releases changed; objects: 2 created, 1 removed, 5 changed, 40 unchanged`. */
export const summaryOf = ({ releases, unchanged }: Comparison): string => {
  if (releases.length === 0) return `No changes, ${counted(unchanged, 'object')} unchanged`
  const counts = countsInWords(countsOf(releases.flatMap(({ objects }) => objects)))
  return `${counted(releases.length, 'release')} changed; objects: ${counts === '' ? '' : `${counts}, `}${grouped(unchanged)} unchanged`
}

/** One rule's findings over all releases. */
export interface FoundRisk extends Omit<Risk, 'what'> {
  at: { release: string; object: ObjectChange; what: string }[]
}

const rank: { [level in RiskLevel]: number } = { danger: 0, notice: 1 }

/** All risks of a comparison by rule, dangers first. */
export const risksIn = ({ releases }: Comparison): FoundRisk[] => {
  const found = new Map<string, FoundRisk>()
  for (const { release, objects } of releases)
    for (const object of objects)
      for (const { what, ...rule } of object.risks) {
        const same = found.get(rule.id) ?? { ...rule, at: [] }
        same.at.push({ release, object, what })
        found.set(rule.id, same)
      }
  return [...found.values()].sort((a, b) => rank[a.level] - rank[b.level] || (a.id < b.id ? -1 : 1))
}
