import { schemaFaults, valuesPath } from './schema-words.ts'

/** Where in a template helm stopped. `column` counts from 0, as Go's template package does; `at` is the expression there. */
export interface TemplatePlace {
  /** `web/templates/x.yaml`; the first part is the name of the chart. */
  template: string
  line?: number
  column?: number
  at?: string
}

/** One thing that helm said, in words for people. */
export interface Understood {
  code: `render/${string}`
  /** `world`: helm itself failed, whatever the chart. */
  fault?: 'world'
  what: string
  why?: string
  fix: string
  place?: TemplatePlace
  /** The templates that included that one, the nearest first. */
  via?: TemplatePlace[]
  /** A file of the chart, by its path in it, and what the line says that it is about. */
  line?: { file: string; says: string }
  /** The ways to the values that it is about, from the chart at the top. */
  values?: string[][]
}

/** The chart at the top. `wayTo` gives the keys under which the values of a chart below it stand. */
interface KnownChart {
  name: string
  directory: string
  wayTo(chart: string): string[]
}

type Reading = (words: string) => Understood[] | undefined

const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ')

/** A sentence ends with one full stop, whatever helm wrote. */
const sentence = (text: string): string => `${oneLine(text).replace(/[.:]$/, '')}.`

/**
 * The innermost place of a template stack. Helm 4 writes `web/templates/x.yaml:2:13` and `executing "…" at <…>:` on lines of
 * their own, helm 3 behind `template: ` in one line; both write `(web/templates/x.yaml:1:3): ` for fail and required.
 * What a chart makes helm say can look like a place, too: one with `..` is none, for nothing outside of the chart is shown.
 */
const stackFrame =
  /(?<![\w./-])(?!\.\.?\/)([\w.-]+(?:\/(?!\.\.?\/)[^\s/:()]+)+):(\d+)(?::(\d+))?\)?:?\s+(?:executing "[^"]*" at <(.*?)>:\s*)?/g

/** A template can include itself many times over. */
const mostIncluders = 5

const innermost = (
  words: string,
): { place: TemplatePlace; via: TemplatePlace[]; message: string } | undefined => {
  const frames = Array.from(words.matchAll(stackFrame))
  const last = frames.at(-1)
  if (!last) return undefined
  const places = frames.map(([, template = '', line, column, at]): TemplatePlace => ({
    template,
    line: Number(line),
    ...(column === undefined ? {} : { column: Number(column) }),
    // Go shortens a long expression to 20 characters and three dots.
    ...(at === undefined ? {} : { at: at.replace(/\.\.\.$/, '') }),
  }))
  const [place, ...via] = places.reverse()
  return {
    place: place!,
    via: via.slice(0, mostIncluders),
    message: words.slice(last.index + last[0].length),
  }
}

/** Of `.Values.a.b.c` the way to what `key` was read of; undefined where that is not plain to see. */
const readOf = (asked: string, key: string): string[] | undefined => {
  if (!/^\.Values(\.\w+)+$/.test(asked)) return undefined
  const way = asked.split('.').slice(2)
  const at = way.indexOf(key)
  return at < 0 || at !== way.lastIndexOf(key) ? undefined : way.slice(0, at)
}

const inTemplates =
  (release: string): Reading =>
  (words) => {
    const found = innermost(words)
    if (!found) return undefined
    const { place, via, message } = found
    const told = (code: Understood['code'], what: string, fix: string, value?: string[]): Understood[] => [
      { code, what, fix, place, ...(via.length > 0 && { via }), ...(value && { values: [value] }) },
    ]
    if (words.includes('execution error at'))
      return told(
        'render/chart-refuses',
        `the chart itself refuses: ${sentence(message)}`,
        `Do what the chart asks for, in the values of ${release}.`,
      )
    if (words.includes('parse error at'))
      return told(
        'render/template-syntax',
        `${place.template} is no template: ${sentence(message)}`,
        'Correct the template at this line, or above it.',
      )
    const missing = /no template "([^"]+)"/.exec(message)?.[1]
    if (missing !== undefined)
      return told(
        'render/missing-template',
        `no template is named "${missing}".`,
        `Define "${missing}" in the chart, or add the dependency that defines it to charts/.`,
      )
    const nil = /nil pointer evaluating .*?\.(\w+)\s*$/m.exec(message)?.[1]
    const asked = place.at ?? ''
    const of = nil === undefined ? undefined : readOf(asked, nil)
    if (nil !== undefined && of !== undefined)
      return told(
        'render/missing-value',
        `the template reads ${asked}, but ${['.Values', ...of].join('.')} is not set.`,
        `Set ${asked.slice('.Values.'.length)} in the values of ${release}.`,
        [...of, nil],
      )
    if (nil !== undefined)
      return told(
        'render/missing-value',
        `the template reads ${nil} of something that is not set${asked === '' ? '' : `, at ${asked}`}.`,
        `Set the value that this expression needs in the values of ${release}.`,
      )
    const [, field = ''] = /can't evaluate field (\w+) in type /.exec(message) ?? []
    const noMap = readOf(asked, field)
    if (noMap !== undefined && noMap.length > 0)
      return told(
        'render/template-error',
        `the template reads ${asked}, but ${['.Values', ...noMap].join('.')} is no map.`,
        `Make ${noMap.join('.')} a map with ${field} in it, in the values of ${release}; or correct the template.`,
        noMap,
      )
    return told(
      'render/template-error',
      sentence(message),
      `Correct the template, or the values of ${release} that it uses.`,
    )
  }

const badOutput: Reading = (words) => {
  const found = /YAML parse error on (\S+): (?:error converting YAML to JSON: )?(?:yaml: )?(.*)/.exec(words)
  if (!found) return undefined
  const [, template = '', fault = ''] = found
  return [
    {
      code: 'render/bad-yaml',
      what: `what ${template} renders to is not YAML: ${sentence(fault)}`,
      why: 'The line is counted in the rendered document, not in the template.',
      fix: 'Look at the indentation (nindent) and the quotes of the values that the template inserts.',
      place: { template },
    },
  ]
}

const badValues =
  (release: string, chart: Pick<KnownChart, 'name' | 'wayTo'>): Reading =>
  (words) => {
    if (!words.includes("values don't meet the specifications of the schema")) return undefined
    const remote = /failing loading "([^"]+)"/.exec(words)?.[1]
    const named = Array.from(words.matchAll(/^([\w.-]+):$/gm), ([, name = '']) => name).at(-1)
    const way = named === undefined || named === chart.name ? [] : chart.wayTo(named)
    if (remote !== undefined)
      return [
        {
          line: {
            file: `${way.map((name) => `charts/${name}/`).join('')}values.schema.json`,
            says: remote.replace(/#.*$/, ''),
          },
          code: 'render/remote-schema',
          what: `its values schema refers to ${remote}, which is not part of the chart.`,
          why: 'A render asks nothing of the network.',
          fix: 'Put that schema into the chart, and make $ref in values.schema.json a path to it.',
        },
      ]
    const said = schemaFaults(words).map(({ chart: named, values, is, fault }): Understood => {
      // The values of a chart below are those under its name.
      const below = named === chart.name ? [] : chart.wayTo(named)
      const ways = values.map((way) => [...below, ...way])
      const path = valuesPath(ways[0] ?? below)
      const schema = `the schema of ${below.length === 0 ? 'the chart' : `its chart ${named}`}`
      return {
        code: 'render/values-schema',
        what:
          is === 'missing'
            ? `${path} is not set, and ${schema} wants it.`
            : is === 'unknown'
              ? `${path} is none of the values that ${schema} knows.`
              : `${path} is not what ${schema} wants: ${sentence(fault)}`,
        fix: `${is === 'missing' ? 'Set' : 'Correct'} it in the values of ${release}; values.schema.json of ${below.length === 0 ? 'the chart' : `the chart ${named}`} says what it takes.`,
        values: ways,
      }
    })
    return said.length > 0 ? said : undefined
  }

const other =
  (release: string, directory: string): Reading =>
  (words) => {
    const dependency = /found in Chart\.yaml, but missing in charts\/ directory: (.*)/.exec(words)?.[1]
    if (dependency !== undefined)
      return [
        {
          line: { file: 'Chart.yaml', says: `name: ${dependency.trim().split(',')[0]}` },
          code: 'render/missing-dependency',
          what: `charts it depends on are not in ${directory}/charts: ${sentence(dependency)}`,
          fix: `Run "helm dependency build ${directory}" where there is a network, and commit charts/.`,
        },
      ]
    const version = /chart requires kubeVersion: (.*?) which is incompatible with Kubernetes (\S+)/.exec(
      words,
    )
    if (version)
      return [
        {
          line: { file: 'Chart.yaml', says: 'kubeVersion:' },
          code: 'render/kubernetes-version',
          what: `the chart takes Kubernetes ${version[1]}, and the target is ${version[2]}.`,
          fix: 'Choose a version of the chart for that Kubernetes, or another target in releases/site.yaml.',
        },
      ]
    const file = /open (\S+): no such file or directory/.exec(words)?.[1]
    if (file !== undefined)
      return [
        {
          code: 'render/missing-file',
          what: `there is no ${file}.`,
          fix: `Make the file, or take it out of ${release}.`,
        },
      ]
    const values = /failed to parse (\S+): (?:.*: )?yaml: (.*)/.exec(words)
    if (values)
      return [
        {
          code: 'render/bad-values-file',
          what: `${values[1]} is not YAML: ${sentence(values[2] ?? '')}`,
          fix: 'Correct the file.',
        },
      ]
    return undefined
  }

/** Helm's last word on a failure: what follows `Error: `, without its advice. */
const lastWord = (words: string): string => {
  const start = words.lastIndexOf('\nError: ') + 1
  return words
    .slice(start)
    .replace(/^Error: /, '')
    .replace(/\s*Use --debug flag to render out invalid YAML\s*$/, '')
}

/** Reads what helm 3 or 4 wrote to standard error when it refused to render; never empty. */
export const understand = (
  words: string,
  release: string,
  chart: KnownChart,
): [Understood, ...Understood[]] => {
  const said = lastWord(words)
  const readings = [
    badOutput,
    badValues(release, chart),
    other(release, chart.directory),
    inTemplates(release),
  ]
  for (const read of readings) {
    const [first, ...others] = read(said) ?? []
    if (first) return [first, ...others]
  }
  const panic = /^(?:panic|fatal error): (.*)/m.exec(said)?.[1]
  if (panic !== undefined)
    return [
      {
        code: 'render/helm-crashed',
        fault: 'world',
        what: `helm crashed: ${sentence(panic)}`,
        fix: "Run again. If it crashes again, something in the chart is beyond this helm: --verbose shows helm's own words, for a report to its makers.",
      },
    ]
  if (said.trim() === '')
    return [
      {
        code: 'render/helm-refused',
        fault: 'world',
        what: 'helm ended with a failure, and gives no reason.',
        fix: 'Run again. If it stays so, the program is broken: put a whole one in its place.',
      },
    ]
  return [
    {
      code: 'render/helm-refused',
      what: `helm refuses: ${sentence(said.split('\n')[0] ?? '')}`,
      fix: "See helm's own words with --verbose.",
    },
  ]
}
