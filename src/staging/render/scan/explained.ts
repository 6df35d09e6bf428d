import type { Answered, Explained, Question } from '../../../core/explained.ts'
import type { Lookup } from '../../../core/stand-in/answer.ts'
import { suggest } from '../../../core/suggest.ts'
import type { ChartScan } from './scan-chart.ts'
import { neverAskedFor } from './way.ts'

/** What a release is explained from. `served` as for `wayFor`; `lookups` are those that its templates made in this render. */
export interface ExplainInput {
  release: string
  chart: string
  kubernetes: string
  way: Explained['way']
  scan: Pick<ChartScan, 'questions' | 'dice' | 'opaque'>
  served: ReadonlySet<string>
  lookups: Lookup[]
}

/** `monitoring.coreos.com`, `v1` and `ServiceMonitor` of an API version that a template asks for; the core group is ''. */
const partsOf = (asked: string): { group: string; kind: string | undefined } => {
  const parts = asked.split('/')
  if (parts.length === 3) return { group: parts[0] ?? '', kind: parts[2] }
  // `v1/Pod` of the core group, or `apps/v1`: only a version begins so.
  return /^v\d/.test(parts[0] ?? '')
    ? { group: '', kind: parts[1] }
    : { group: parts[0] ?? '', kind: undefined }
}

/** The served versions of the group and kind that were asked for; else the one entry that is spelt nearly so; else none. */
const nearest = (asked: string, served: ReadonlySet<string>): string[] => {
  const { group, kind } = partsOf(asked)
  const same = Array.from(served).filter((one) => {
    const other = partsOf(one)
    return other.group === group && other.kind === kind
  })
  if (same.length > 0) return same.sort()
  const near = suggest(asked, served)
  return near === undefined ? [] : [near]
}

const answered = (question: Question, served: ReadonlySet<string>): Answered => {
  const because = neverAskedFor(question, served)
  if (because !== undefined) return { ...question, answer: null, because }
  if (question.about !== 'api-versions' || question.asks === null) return { ...question, answer: null }
  if (served.has(question.asks)) return { ...question, answer: true }
  return { ...question, answer: false, served: nearest(question.asks, served) }
}

const keyOf = ({ apiVersion, kind, namespace, name }: Lookup): string =>
  [apiVersion, kind, namespace, name].join('\0')

/** All that the templates of a release can ask, with what the target answers, and what they asked in fact. */
export const explain = ({ scan, served, lookups, ...release }: ExplainInput): Explained => ({
  ...release,
  opaque: scan.opaque,
  questions: scan.questions.map((question) => answered(question, served)),
  lookups: Array.from(new Map(lookups.map((lookup) => [keyOf(lookup), lookup])).values()),
  dice: scan.dice,
})
