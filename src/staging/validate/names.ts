/** Forms of names. Source: apimachinery, pkg/util/validation and pkg/api/validation. */
export interface NameForm {
  words: string
  test(name: string): boolean
}

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?'
const labelForm = new RegExp(`^${label}$`)
const subdomainForm = new RegExp(`^${label}(?:\\.${label})*$`)
const qualifiedForm = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/

export const dnsLabel: NameForm = {
  words: 'lower case letters, digits and `-`, at most 63, the first and the last a letter or digit',
  test: (name) => name.length <= 63 && labelForm.test(name),
}

/** `longest` is 253 but for a few kinds. */
export const dnsSubdomain = (longest = 253): NameForm => ({
  words: `lower case letters, digits, \`-\` and \`.\`, at most ${longest}, each part between dots with a letter or digit first and last`,
  test: (name) => name.length <= longest && subdomainForm.test(name),
})

export const pathSegment: NameForm = {
  words: 'any characters but `/` and `%`, and not `.` or `..`',
  test: (name) => name !== '.' && name !== '..' && !/[/%]/.test(name),
}

/** The name of a container's port. */
export const portName: NameForm = {
  words: 'lower case letters, digits and single `-`, at most 15, at least one letter, no `-` first or last',
  test: (name) => name.length <= 15 && /[a-z]/.test(name) && !name.includes('--') && labelForm.test(name),
}

/** The key of a label or an annotation: an optional `prefix/` and a name. */
export const qualifiedName: NameForm = {
  words: 'a name of letters, digits, `-`, `_` and `.`, at most 63, after an optional domain and `/`',
  test: (name) => {
    const parts = name.split('/')
    const plain = parts.at(-1) ?? ''
    const [prefix] = parts
    return (
      parts.length <= 2 &&
      plain.length <= 63 &&
      qualifiedForm.test(plain) &&
      (parts.length === 1 || dnsSubdomain().test(prefix ?? ''))
    )
  },
}

export const labelValue: NameForm = {
  words:
    'letters, digits, `-`, `_` and `.`, at most 63, the first and the last a letter or digit, or nothing',
  test: (value) => value === '' || (value.length <= 63 && qualifiedForm.test(value)),
}
