import { keysOfPointer } from '../../core/pointer.ts'

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
  what: string
  why?: string
  fix: string
  place?: TemplatePlace
  /** The way to the value that it is about, from the chart at the top. */
  value?: string[]
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

const innermost = (words: string): { place: TemplatePlace; message: string } | undefined => {
  const frame = Array.from(words.matchAll(stackFrame)).at(-1)
  if (!frame) return undefined
  const [whole, template = '', line, column, at] = frame
  return {
    place: {
      template,
      line: Number(line),
      ...(column === undefined ? {} : { column: Number(column) }),
      // Go shortens a long expression to 20 characters and three dots.
      ...(at === undefined ? {} : { at: at.replace(/\.\.\.$/, '') }),
    },
    message: words.slice(frame.index + whole.length),
  }
}

const inTemplates =
  (release: string): Reading =>
  (words) => {
    const found = innermost(words)
    if (!found) return undefined
    const { place, message } = found
    const told = (code: Understood['code'], what: string, fix: string): Understood[] => [
      { code, what, fix, place },
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
    if (nil !== undefined && /^\.Values(\.\w+)+$/.test(asked) && asked.endsWith(`.${nil}`))
      return told(
        'render/missing-value',
        `the template reads ${asked}, but ${asked.slice(0, -nil.length - 1)} is not set.`,
        `Set ${asked.slice('.Values.'.length)} in the values of ${release}.`,
      )
    if (nil !== undefined)
      return told(
        'render/missing-value',
        `the template reads ${nil} of something that is not set${asked === '' ? '' : `, at ${asked}`}.`,
        `Set the value that this expression needs in the values of ${release}.`,
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

/** What a value is may be a secret: the schema's words quote it where it is of the wrong form. */
const withoutValue = (fault: string): string =>
  fault.replace(/^'.*' (?=does not match pattern|is not valid )/s, 'what is there ')

const badValues =
  (release: string, chart: string): Reading =>
  (words) => {
    if (!words.includes("values don't meet the specifications of the schema")) return undefined
    const remote = /failing loading "([^"]+)"/.exec(words)?.[1]
    if (remote !== undefined)
      return [
        {
          code: 'render/remote-schema',
          what: `its values schema refers to ${remote}, which is not part of the chart.`,
          why: 'A render asks nothing of the network.',
          fix: 'Put that schema into the chart, and make $ref in values.schema.json a path to it.',
        },
      ]
    // Each chart that has something to say is named on a line of its own: the values of a chart below are those under its name.
    const faults = Array.from(words.matchAll(/^(?:([\w.-]+):|- at '([^']*)': (.*))$/gm))
    let below = ''
    const said: Understood[] = []
    for (const [, named, pointer = '', fault = ''] of faults) {
      if (named !== undefined) below = named === chart ? '' : named
      else
        said.push({
          code: 'render/values-schema',
          what: `its values are not what the schema of ${below === '' ? 'the chart' : `its chart ${below}`} wants: at ${pointer === '' ? 'the top' : pointer}: ${sentence(withoutValue(fault))}`,
          fix: `Correct the values of ${release}; values.schema.json of the chart says what it takes.`,
          value: [...(below === '' ? [] : [below]), ...keysOfPointer(pointer)],
        })
    }
    return said.length > 0 ? said : undefined
  }

const other =
  (release: string, directory: string): Reading =>
  (words) => {
    const dependency = /found in Chart\.yaml, but missing in charts\/ directory: (.*)/.exec(words)?.[1]
    if (dependency !== undefined)
      return [
        {
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
  chart: { name: string; directory: string },
): [Understood, ...Understood[]] => {
  const said = lastWord(words)
  const readings = [
    badOutput,
    badValues(release, chart.name),
    other(release, chart.directory),
    inTemplates(release),
  ]
  for (const read of readings) {
    const [first, ...others] = read(said) ?? []
    if (first) return [first, ...others]
  }
  return [
    {
      code: 'render/helm-refused',
      what: `helm refuses: ${sentence(said.split('\n')[0] || 'it gives no reason')}`,
      fix: "See helm's own words with --verbose.",
    },
  ]
}
