import { printJson } from '../json.ts'
import type { Json } from '../json.ts'
import type { Outline } from '../sops/outline.ts'
import { placeholderOf } from './placeholder.ts'
import { idOfSealed } from './recipe.ts'

/** Characters that JSON lets stand in a text, and go-yaml refuses or takes for line ends. */
const odd = /[\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g

/** JSON that every reader of YAML takes for the same. */
export const jsonAsYaml = (value: Json): string =>
  printJson(value).replaceAll(odd, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** What helm gets of a sealed values file: a placeholder, made with this salt, for each encrypted text; no `sops`. */
export const withSealedPlaceholders = ({ valuesWith }: Outline, file: string, salt: string): string =>
  jsonAsYaml(valuesWith(({ pointer }) => placeholderOf(idOfSealed({ file, pointer }), 'value', salt)))
