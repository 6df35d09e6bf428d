import { isMap, isScalar, isSeq } from 'yaml'
import type { YAMLMap } from 'yaml'
import { bad, good } from '../problem.ts'
import type { Outcome, Problem } from '../problem.ts'
import { keyOf, textOf } from './document.ts'
import type { SealedDocument } from './document.ts'
import { refusal } from './refusal.ts'
import { compileRegex, defaultRule } from './rule.ts'
import type { Rule } from './rule.ts'

/** The data key, encrypted for one recipient. */
export interface WrappedKey {
  /** `age1…` */
  recipient: string
  /** An armored age file. */
  enc: string
}

/** What a document in SOPS format says of itself. */
export interface Metadata {
  age: WrappedKey[]
  /** Kinds of keys beside age that the data key is encrypted for as well: pgp, kms… */
  otherKeys: string[]
  rule: Rule
  /** Whether values in clear do not count for the MAC. */
  macOnlyEncrypted: boolean
  /** Encrypted; '' where there is none. */
  mac: string
  /** RFC 3339, UTC, to the second: what the MAC is bound to. */
  lastModified: string
}

const otherKinds = ['pgp', 'kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'hckms']
const rules = ['unencrypted_suffix', 'encrypted_suffix', 'unencrypted_regex', 'encrypted_regex'] as const
const commentRules = ['unencrypted_comment_regex', 'encrypted_comment_regex']
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

const fieldOf = (map: YAMLMap, name: string): unknown => map.items.find((pair) => keyOf(pair) === name)?.value

const wordOf = (map: YAMLMap, name: string): string => {
  const node = fieldOf(map, name)
  return isScalar(node) ? textOf(node) : ''
}

const keysOf = (sops: YAMLMap): WrappedKey[] => {
  const list = fieldOf(sops, 'age')
  if (!isSeq(list)) return []
  return list.items
    .filter((item) => isMap(item))
    .map((item) => ({ recipient: wordOf(item, 'recipient'), enc: wordOf(item, 'enc') }))
}

/** What a document says of itself, in `sops`. Fields that are not known here say nothing; they stay where they are. */
export const readMetadata = ({ file, sops, lineOf }: SealedDocument): Outcome<Metadata> => {
  const problems: Problem[] = []
  const line = lineOf(sops)
  const refuse = (slug: string, what: string, fix: string): void => {
    problems.push(refusal(slug, file, what, fix, { line }))
  }
  const isThere = (name: string): boolean => {
    const node = fieldOf(sops, name)
    return (isSeq(node) || isMap(node)) && node.items.length > 0
  }
  const age = keysOf(sops)
  const otherKeys = otherKinds.filter(isThere)
  if (age.length === 0 && otherKeys.length > 0)
    refuse(
      'other-keys',
      `${file} is sealed for ${otherKeys.join(', ')} alone, and only age is read here.`,
      'Add an age recipient: sops rotate --in-place --add-age RECIPIENT FILE.',
    )
  else if (age.length === 0 && isThere('key_groups'))
    refuse(
      'key-groups',
      `The key of ${file} is divided among key groups, which are not read here.`,
      'Seal it for age recipients without groups.',
    )
  else if (age.length === 0)
    refuse(
      'no-keys',
      `${file} is sealed for nobody: sops.age is empty.`,
      'Restore it from git, or seal it anew.',
    )

  const lastModified = wordOf(sops, 'lastmodified')
  if (!instant.test(lastModified))
    refuse('bad-metadata', `sops.lastmodified of ${file} is no time in UTC.`, 'Restore it from git.')
  const mac = wordOf(sops, 'mac')
  if (mac === '')
    refuse(
      'no-mac',
      `${file} has no MAC (sops.mac), so nobody can tell whether it was altered.`,
      'Restore it from git, or seal it anew.',
    )

  const byComments = commentRules.find((name) => wordOf(sops, name) !== '')
  if (byComments !== undefined)
    refuse(
      'comment-rule',
      `${file} chooses by comments what is sealed (sops.${byComments}), which is not read here.`,
      'Choose by keys: encrypted_regex or a suffix.',
    )
  const told = rules.filter((name) => wordOf(sops, name) !== '')
  if (told.length > 1)
    refuse('bad-rule', `${file} has more than one rule of what is sealed: ${told.join(', ')}.`, 'Keep one.')
  let rule: Rule = defaultRule
  const [by] = told
  if (by === 'encrypted_regex' || by === 'unencrypted_regex') {
    const regex = compileRegex(wordOf(sops, by))
    if (regex) rule = { by, regex }
    else
      refuse(
        'bad-rule',
        `sops.${by} of ${file} is no regular expression that Go and JavaScript read alike.`,
        'Write it with plain alternatives: ^(data|stringData)$.',
      )
  } else if (by !== undefined) rule = { by, suffix: wordOf(sops, by) }

  const [first, ...rest] = problems
  if (first) return bad([first, ...rest])
  const macOnlyEncrypted = /^(?:true|True|TRUE|1)$/.test(wordOf(sops, 'mac_only_encrypted'))
  return good({ age, otherKeys, rule, macOnlyEncrypted, mac, lastModified })
}
