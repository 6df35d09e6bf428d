import { compareSync } from 'bcryptjs'

/** A line of an htpasswd file, or the hash alone. */
export interface BcryptLine {
  user: string | null
  hash: string
}

/** The bcrypt line that a text is; undefined where it is none. */
export const bcryptLineOf = (text: string): BcryptLine | undefined => {
  const found = /^(?:([^:\s]+):)?(\$2[aby]\$\d\d\$[./A-Za-z0-9]{53})$/.exec(text)
  return found ? { user: found[1] ?? null, hash: found[2]! } : undefined
}

/** bcrypt looks at no more bytes, and each trial costs a tenth of a second. */
const longest = 72
const mostTrials = 40

/** Whose hash it is, among passwords, the likeliest first; undefined where it is of none of these. */
export const hashOf = <Password extends { text: string }>(
  hash: string,
  passwords: Password[],
): Password | undefined =>
  passwords
    .filter(({ text }) => text.length >= 1 && text.length <= longest && !text.includes('\n'))
    .slice(0, mostTrials)
    .find(({ text }) => compareSync(text, hash))
