import { isObject } from '../../core/json.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import { readDeclared } from '../../core/yaml/declared.ts'
import { readYaml } from '../../core/yaml/read.ts'

/** Three numbers, and what SemVer allows behind them. */
const version = /^v?\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/

/** Name and version out of the text of a Chart.yaml. */
export const readChartFile = (file: string, text: string): Outcome<{ name: string; version: string }> => {
  const read = readYaml(text, file)
  if (!read.ok) return read
  const content = read.value[0]?.value ?? null
  const found: Problem[] = []
  const field = (key: 'name' | 'version', form: RegExp, example: string): string => {
    const value = isObject(content) ? content[key] : undefined
    if (typeof value === 'string' && form.test(value)) return value
    const fault = value === undefined ? `has no ${key}` : `does not name a ${key} of a chart`
    found.push(
      problem({
        code: 'resolve/bad-chart-file',
        what: `${file} ${fault}.`,
        where: [readDeclared(file, Buffer.from(text)).declared?.at([key]) ?? { in: 'file', file }],
        fix: `Write for example \`${key}: ${example}\`.`,
      }),
    )
    return ''
  }
  const told = { name: field('name', /^[\w.-]+$/, 'web'), version: field('version', version, '1.0.0') }
  return found.length > 0 ? bad(found as Problems) : good(told, read.warnings)
}
