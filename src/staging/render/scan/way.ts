import type { Question } from '../../../core/explained.ts'
import { compiledIn } from './compiled-in.ts'
import type { ChartScan } from './scan-chart.ts'

/**
 * How a chart is rendered so that its templates get the target's answers: `plain`, asking nothing; `list`, told those API versions that
 * it asks for and the target serves; `server`, asking a stand-in. Each gives the same result, the next one at a higher price.
 */
export type Way = { way: 'plain' } | { way: 'list'; apiVersions: string[] } | { way: 'server' }

/** The API version because of which the target is never asked this, or undefined where it can be. */
export const neverAskedFor = ({ unless }: Question, served: ReadonlySet<string>): string | undefined =>
  unless?.find((one) => served.has(one))

/** The API versions that the questions name, each once and sorted, or undefined where one of them can be anything. */
const namedIn = (questions: Question[]): string[] | undefined => {
  const named = new Set<string>()
  for (const question of questions) {
    if (question.about === 'lookup') return undefined
    if (question.about === 'kube-version') continue
    if (question.asks === null) return undefined
    named.add(question.asks)
  }
  return Array.from(named).sort()
}

/** The API versions that a chart can ask for, or undefined where they are not known before the render. */
export const apiVersionsAsked = ({
  questions,
  opaque,
}: Pick<ChartScan, 'questions' | 'opaque'>): string[] | undefined =>
  opaque ? undefined : namedIn(questions.filter(({ about }) => about === 'api-versions'))

/**
 * The cheapest way that gives the same as the dearest. `helmVersion` decides what helm believes without a server; of a helm whose
 * list is not known here, every chart that asks is rendered by asking. `served`: all that `.Capabilities.APIVersions.Has` is true for
 * on the target with the CRDs of the set (`servedBy` of its discovery).
 */
export const wayFor = (
  { questions, opaque }: Pick<ChartScan, 'questions' | 'opaque'>,
  helmVersion: string,
  served: ReadonlySet<string>,
): Way => {
  const named = namedIn(questions.filter((question) => neverAskedFor(question, served) === undefined))
  if (opaque || named === undefined) return { way: 'server' }
  if (named.length === 0) return { way: 'plain' }
  const believed = compiledIn[/^v?(\d+\.\d+)\./.exec(helmVersion)?.[1] ?? '']
  if (believed === undefined) return { way: 'server' }
  if (named.some((one) => believed.has(one) && !served.has(one))) return { way: 'server' }
  return { way: 'list', apiVersions: named.filter((one) => served.has(one)) }
}
