import { isObject, printJson } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { Path } from '../../core/pointer.ts'
import { plainValue } from '../../core/yaml/scalar.ts'

const bare = (text: string): boolean =>
  /^[a-zA-Z0-9]([-\w./:@]*[-\w./])?$/.test(text) && plainValue(text) === text

/** A value as people write it in one line of YAML: `{ path: chart }`, `[values.yaml]`, `"1.36"`. For examples in messages. */
export const flow = (value: Json): string => {
  if (typeof value === 'string') return bare(value) ? value : printJson(value)
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (!isObject(value)) return printJson(value)
  const fields = Object.entries(value).map(([key, field]) => `${flow(key)}: ${flow(field)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

/** A place in a file as people say it: `environments.production.valuesFiles[0]`. */
export const spoken = (path: Path): string =>
  path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      return /^[\w-]+$/.test(step) ? `${index === 0 ? '' : '.'}${step}` : `[${printJson(step)}]`
    })
    .join('')

const longestShown = 60
const userInUrl = /\/\/[^/@\s]+@/
/** Pasted where its public half belongs. */
const privateKey = /AGE-SECRET-KEY-\w*/

/** What somebody wrote, in a sentence: ``the number 15``, `` `Shop_1` ``, `a list`. */
export const shown = (value: Json): string => {
  if (value === null || value === '') return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value !== 'string') return `the ${typeof value === 'boolean' ? 'boolean' : 'number'} ${value}`
  const open = value.replace(userInUrl, '//…@').replace(privateKey, 'AGE-SECRET-KEY-…')
  return `\`${open.length > longestShown ? `${open.slice(0, longestShown)}…` : open}\``
}
