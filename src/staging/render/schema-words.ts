import { keysOfPointer } from '../../core/pointer.ts'

/** One thing that a values schema has against a chart's values. */
export interface SchemaFault {
  /** The name of the chart whose schema it is: that at the top, or one below it. */
  chart: string
  /** The ways to the values that it is about, in the values of that chart: the one that is wrong or missing first. */
  values: string[][]
  is: 'missing' | 'unknown' | 'wrong'
  /** What is wrong, without a value in it. */
  fault: string
}

interface Node {
  at: string[]
  words: string
  below: Node[]
}

/** What a value is may be a secret: the schema's words quote it where it is of the wrong form. */
const withoutValue = (words: string): string =>
  words
    .replace(/^'.*' (?=does not match pattern )/s, 'what is there ')
    .replace(/^'.*' (is not valid [\w-]+).*$/s, 'what is there $1')

/** Go writes a text in single quotes as in double ones: with `\'` for the quote, `\\` for the backslash. */
const unquoted = (text: string): string => text.replaceAll(/\\(['\\])/g, '$1')

const quotedNames = (text: string): string[] =>
  Array.from(text.matchAll(/'((?:\\.|[^'\\])*)'/g), ([, name = '']) => unquoted(name))

/** `ports[0].name`, with a key that could be misread in quotes: `annotations["a.b/c"]`. The values as a whole are `the values`. */
export const valuesPath = (way: string[]): string =>
  way.length === 0
    ? 'the values'
    : way
        .map((key, index) =>
          /^\d+$/.test(key)
            ? `[${key}]`
            : /^[\w-]+$/.test(key)
              ? `${index === 0 ? '' : '.'}${key}`
              : `[${JSON.stringify(key)}]`,
        )
        .join('')

type Told = Omit<SchemaFault, 'chart'>

const wordsOf = ({ values: [way = []], fault }: Told): string => `${valuesPath(way)}: ${fault}`

const byPath = (a: Told, b: Told): number => (wordsOf(a) < wordsOf(b) ? -1 : 1)

/** The faults of a node: of several that hold at once each by itself; alternatives, of which one would do, as one. */
const faultsOf = ({ at, words, below }: Node): Told[] => {
  if (below.length > 0) {
    if (words === 'validation failed' || words === "'allOf' failed") return below.flatMap(faultsOf)
    const ways = below.map((one) => faultsOf(one).sort(byPath))
    const alternatives = ways.map((faults) => faults.map(wordsOf).join('; '))
    const isChoice = words.startsWith("'anyOf' failed") || words.startsWith("'oneOf' failed")
    return [
      {
        values: [at, ...ways.flat().flatMap(({ values }) => values)],
        is: 'wrong',
        fault: isChoice
          ? `fits none of the ${below.length} forms that it may have: ${alternatives.map((one, index) => `(${index + 1}) ${one}`).join(' ')}`
          : `${withoutValue(words)}: ${alternatives.join('; ')}`,
      },
    ]
  }
  const [, kind, names = ''] =
    /^(missing propert|additional propert)\w+ (.*?)(?: not allowed)?$/s.exec(words) ?? []
  if (kind === undefined) return [{ values: [at], is: 'wrong', fault: withoutValue(words) }]
  const how =
    kind === 'missing propert'
      ? ({ is: 'missing', fault: 'missing' } as const)
      : ({ is: 'unknown', fault: 'unknown' } as const)
  return quotedNames(names).map((name) => ({ values: [[...at, name]], ...how }))
}

/** As helm up to 3.17 writes it: `- ports.0.port: Invalid type. Expected: integer, given: string`. */
const olderFault = (place: string, words: string): Node => {
  const at = place === '(root)' ? [] : place.split('.')
  const [, missing] = /^(\S+) is required$/.exec(words) ?? []
  const [, more] = /^Additional property (\S+) is not allowed$/.exec(words) ?? []
  const said =
    missing === undefined
      ? more === undefined
        ? words
        : `additional properties '${more}' not allowed`
      : `missing property '${missing}'`
  return { at, words: said, below: [] }
}

/**
 * What helm wrote below `values don't meet the specifications of the schema(s)`, fault by fault, sorted by chart and path: helm's own order is left to chance.
 * Each chart that has something to say is named on a line of its own; nested faults are indented.
 */
export const schemaFaults = (words: string): SchemaFault[] => {
  const charts: { chart: string; roots: Node[]; open: Node[] }[] = []
  for (const line of words.split('\n')) {
    const named = /^([\w.-]+):$/.exec(line)?.[1]
    if (named !== undefined) {
      charts.push({ chart: named, roots: [], open: [] })
      continue
    }
    const [, indent = '', pointer, said] = /^( *)- at '((?:\\.|[^'\\])*)': (.*)$/.exec(line) ?? []
    const [, place, older] = said === undefined ? (/^- (\(root\)|[\w.-]+): (.*)$/.exec(line) ?? []) : []
    const last = charts.at(-1)
    if (last === undefined || (said === undefined && older === undefined)) continue
    const node =
      said === undefined
        ? olderFault(place ?? '', older ?? '')
        : { at: keysOfPointer(unquoted(pointer ?? '')), words: said, below: [] }
    const depth = indent.length / 2
    const parent = depth === 0 ? undefined : last.open[depth - 1]
    ;(parent?.below ?? last.roots).push(node)
    last.open.splice(depth, Infinity, node)
  }
  return charts
    .sort((a, b) => (a.chart < b.chart ? -1 : 1))
    .flatMap(({ chart, roots }) =>
      roots
        .flatMap(faultsOf)
        .sort(byPath)
        .map((one) => ({ chart, ...one })),
    )
}
