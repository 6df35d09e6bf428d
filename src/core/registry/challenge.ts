/** How a registry wants to be logged in to: `WWW-Authenticate`, parsed. Parameter names are in lower case. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  scheme: string
  parameters: Map<string, string>
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+/
const longest = 8192

/**
 * Parses the challenges of a `WWW-Authenticate` header (RFC 9110, 11.6.1): schemes with parameters, quoted or not, with commas between all of them.
 * What cannot be read ends the list; of parameters that come twice the first counts.
 */
export const parseChallenges = (header: string): Challenge[] => {
  const found: Challenge[] = []
  let rest = header.slice(0, longest)
  const take = (form: RegExp): string | undefined => {
    const [taken] = form.exec(rest) ?? []
    if (taken !== undefined) rest = rest.slice(taken.length)
    return taken
  }
  for (;;) {
    take(/^[\s,]+/)
    const word = take(token)
    if (word === undefined) return found
    const equals = take(/^\s*=\s*/)
    if (equals === undefined) {
      found.push({ scheme: word.toLowerCase(), parameters: new Map() })
      continue
    }
    const quoted = take(/^"(?:[^"\\]|\\.)*"/)
    const value = quoted === undefined ? take(token) : quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1')
    const parameters = found.at(-1)?.parameters
    if (value === undefined || parameters === undefined) return found
    if (!parameters.has(word.toLowerCase())) parameters.set(word.toLowerCase(), value)
  }
}
