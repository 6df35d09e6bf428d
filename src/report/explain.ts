import type { Answered, Dice, Explained } from '../core/explained.ts'
import type { Lookup } from '../core/stand-in/answer.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'
import { visible, widthOf } from './visible.ts'

const ways: { [way in Explained['way']]: string } = {
  plain: 'rendered without asking: its templates ask nothing of the cluster',
  list: 'rendered without asking: told by name which of the API versions that it asks for the target serves',
  server: 'rendered by asking a stand-in for the API server of the target',
  manifests: 'plain manifests: nothing is rendered',
}

const quoted = (value: string | null): string => (value === null ? '…' : `"${visible(value)}"`)

const wordsOf = (question: Answered): string => {
  switch (question.about) {
    case 'api-versions':
      return question.asks === null
        ? 'APIVersions, built at run time'
        : `APIVersions.Has ${quoted(question.asks)}`
    case 'lookup':
      return `lookup ${[question.apiVersion, question.kind, question.namespace, question.name].map(quoted).join(' ')}`
    case 'kube-version':
      return 'KubeVersion'
  }
}

const verdict = (question: Answered, kubernetes: string, paint: Paint): string => {
  if (question.because !== undefined) return paint.dim(`not asked: ${visible(question.because)} is served`)
  if (question.about === 'kube-version') return paint.dim(visible(kubernetes))
  if (question.about === 'lookup') return paint.dim('see the lookups that were made')
  if (question.answer === null)
    return paint.yellow('dynamic: depends on all that the target and the set serve')
  if (question.answer) return paint.green('yes')
  const near = question.served ?? []
  return `${paint.red('no')}${near.length > 0 ? `; served: ${near.map(visible).join(', ')}` : ''}`
}

/** Columns up to which the left side of a list is filled up, so that what follows stands in one column. */
const widest = 90

/** Lines of two columns. */
const inColumns = (rows: [string, string][]): string[] => {
  const width = Math.min(widest, Math.max(0, ...rows.map(([left]) => widthOf(left))))
  return rows.map(([left, right]) => `${left}${' '.repeat(Math.max(0, width - widthOf(left)))}  → ${right}`)
}

const section = (title: string, lines: string[], { bold }: Paint): string[] =>
  lines.length === 0 ? [] : ['', bold(title), ...lines.map((line) => `  ${line}`)]

const questionLines = ({ questions, kubernetes }: Explained, paint: Paint): string[] => {
  const rows = questions.map((question): [string, string] => [
    `${visible(question.file)}:${question.line}  ${wordsOf(question)}${question.viaTpl ? ' (if tpl runs it)' : ''}`,
    verdict(question, kubernetes, paint),
  ])
  // The same question twice in a line is one to a reader.
  return Array.from(new Set(inColumns(rows)))
}

const lookupLine = ({ apiVersion, kind, namespace, name, found }: Lookup): [string, string] => [
  visible(`${apiVersion} ${kind} ${namespace === '' ? '' : `${namespace}/`}${name === '' ? '(all)' : name}`),
  found === 0 ? 'nothing there' : name === '' ? `${found} found` : 'found',
]

const causes: { [by in Dice['by']]: string } = {
  chance: 'chance',
  clock: 'the time of the render',
  order: 'the order of a map, which is random',
}

const diceLines = (dice: Dice[]): string[] => {
  const rows = dice.map(({ file, line, function: name, by }): [string, string] => [
    `${visible(file)}:${line}  ${name}`,
    causes[by],
  ])
  return Array.from(new Set(inColumns(rows)))
}

const advice =
  'A template may roll them and not print them. What differs between two renders is a problem with its own fix: declare it as a site value (scout render --propose), or set it by values.'

/** Unlike what can be asked, the rest is short: what was asked, what came, and what will differ. */
export const describeQuestions = (explained: Explained, paint: Paint): string => {
  const { release, chart, way, questions, lookups, dice } = explained
  const files = new Set(questions.map(({ file }) => file)).size
  const asked = questionLines(explained, paint)
  return [
    `${paint.bold(visible(release))} (${visible(chart)}): ${ways[way]}`,
    ...(explained.opaque
      ? [paint.yellow('An archive in the chart cannot be read before the render: it may ask for anything.')]
      : []),
    ...section(
      `What its templates can ask (${counted(asked.length, 'question')} in ${counted(files, 'file')})`,
      asked,
      paint,
    ),
    ...section('Lookups that were made', inColumns(lookups.map(lookupLine)), paint),
    ...section('What can differ from render to render', diceLines(dice), paint),
    ...(dice.length > 0 ? [`  ${paint.dim(advice)}`] : []),
    '',
  ].join('\n')
}
