import { Script, createContext } from 'node:vm'

/** Which values are encrypted: by the keys on the way to them. */
export type Rule =
  | { by: 'unencrypted_suffix' | 'encrypted_suffix'; suffix: string }
  | { by: 'unencrypted_regex' | 'encrypted_regex'; regex: RegExp }

/** What sops takes where a document says nothing. */
export const defaultRule: Rule & { suffix: string } = { by: 'unencrypted_suffix', suffix: '_unencrypted' }

/** What JavaScript has and Go has not: sops takes such an expression for one that never matches. */
const notInGo = /\((?:\?=|\?!|\?<[=!])|\\[1-9k]/
const startFlags = /^\(\?([ims]+)\)/
/** Punctuation that Go lets anybody escape and JavaScript does not. */
const freeEscape = /\\(\\|[-_!"#%&',:;<=>@`~ ])/g

/**
 * A regular expression of Go (RE2) in JavaScript, or undefined where it is none, or where the two would not mean the same.
 * Flags are taken at its start alone.
 */
export const compileRegex = (pattern: string): RegExp | undefined => {
  if (notInGo.test(pattern.replaceAll('\\\\', ''))) return undefined
  const source = pattern
    .replace(startFlags, '')
    .replaceAll(freeEscape, (escape, sign: string) =>
      sign === '\\' ? escape : `\\x${sign.charCodeAt(0).toString(16)}`,
    )
  try {
    return new RegExp(source, `u${[...new Set(startFlags.exec(pattern)?.[1])].join('')}`)
  } catch {
    return undefined
  }
}

/** Go's expressions take linear time; JavaScript's can go on for ever, with what a hostile document brings. */
const patience = 2000
const test = new Script('regex.test(key)')

/** The expression of a document's rule does not come to an end. */
export class EndlessRegex extends Error {}

const matcher = (regex: RegExp): ((key: string) => boolean) => {
  const context = createContext({ regex, key: '' })
  const known = new Map<string, boolean>()
  return (key) => {
    let match = known.get(key)
    if (match !== undefined) return match
    context['key'] = key
    try {
      match = test.runInContext(context, { timeout: patience }) as boolean
    } catch {
      throw new EndlessRegex()
    }
    known.set(key, match)
    return match
  }
}

/** Whether values behind these keys are encrypted. Throws EndlessRegex. Source: getsops/sops `sops.go`, shouldBeEncrypted. */
export const encryptedBy = (rule: Rule): ((keys: readonly string[]) => boolean) => {
  const matches = 'suffix' in rule ? (key: string) => key.endsWith(rule.suffix) : matcher(rule.regex)
  const wanted = rule.by === 'encrypted_suffix' || rule.by === 'encrypted_regex'
  return (keys) => keys.some(matches) === wanted
}
