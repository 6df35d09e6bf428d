import { randomBytes } from 'node:crypto'
import type { SealOptions } from '../core/effects/sealer.ts'
import { canonicalJson } from '../core/json.ts'
import type { JsonObject } from '../core/json.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome, Problem, Problems } from '../core/problem.ts'
import { unsealable } from '../core/sops/check.ts'
import { encryptLeaf, ivLength } from '../core/sops/cipher.ts'
import { readDocument } from '../core/sops/document.ts'
import type { SealedDocument } from '../core/sops/document.ts'
import { macOf } from '../core/sops/mac.ts'
import { readMetadata } from '../core/sops/metadata.ts'
import type { Metadata, WrappedKey } from '../core/sops/metadata.ts'
import { decryptDocument } from '../core/sops/open.ts'
import type { OpenDocument } from '../core/sops/open.ts'
import { refusal } from '../core/sops/refusal.ts'
import { compileRegex, defaultRule, encryptedBy } from '../core/sops/rule.ts'
import type { Rule } from '../core/sops/rule.ts'
import { leavesIn, sealAnew, sealChanges } from '../core/sops/seal.ts'
import { writeAnew, writeChanged } from '../core/sops/write.ts'
import { badRecipients, encryptFor } from './age.ts'
import type { Identities } from './age.ts'

const dataKeyLength = 32
const unchanged = { replaced: [], reshaped: false }

/** A document as it was given and as nodes, what it says of itself, its data key and what it holds. */
export interface OpenedDocument {
  given: string
  sealed: SealedDocument
  metadata: Metadata
  /** The data key: it leaves this folder in ciphertext only. */
  key: Uint8Array
  open: OpenDocument
}

const mostNames = 20

/** Names of keys in a sentence, which a hostile document cannot make endless. */
export const listed = (names: string[]): string =>
  names.length <= mostNames
    ? names.join(', ')
    : `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more`

const openDataKey = async (
  { file }: SealedDocument,
  { age, otherKeys }: Metadata,
  identities: Identities,
): Promise<Outcome<Uint8Array>> => {
  const sealedFor = listed([...age.map(({ recipient }) => recipient), ...otherKeys])
  const fix = `Set SOPS_AGE_KEY_FILE to a file with the identity of one of them, or have it sealed for yours as well (sops updatekeys).`
  const { publicKeys } = identities
  if (publicKeys.length === 0)
    return bad([
      refusal(
        'no-identity',
        file,
        `${file} is sealed for ${sealedFor}, and there is no identity to open it.`,
        fix,
      ),
    ])
  let damaged = false
  const isOurs = ({ recipient }: WrappedKey): boolean => publicKeys.includes(recipient)
  // One's own first: each try takes its time, and a list can be long.
  for (const { enc } of [...age].sort((one, other) => Number(isOurs(other)) - Number(isOurs(one)))) {
    const key = await identities.decrypt(Buffer.from(enc))
    if (typeof key === 'string') damaged ||= key !== 'wrong-identity'
    else if (key.length === dataKeyLength) return good(key)
    else damaged = true
  }
  const tried = `the ${publicKeys.length === 1 ? 'identity' : 'identities'} at hand (${listed(publicKeys)})`
  return bad([
    damaged
      ? refusal(
          'bad-data-key',
          file,
          `The data key of ${file} (sops.age) is damaged for at least one recipient, and ${tried} could not open it.`,
          'Restore the file from git.',
        )
      : refusal('wrong-identity', file, `${file} is sealed for ${sealedFor}; ${tried} cannot open it.`, fix),
  ])
}

/** Reads, decrypts and checks a document. Problems: `sops/no-identity`, `wrong-identity`, `bad-data-key` and those of reading and decrypting. */
export const openDocument = async (
  text: string,
  file: string,
  identities: Identities,
): Promise<Outcome<OpenedDocument>> => {
  const sealed = readDocument(text, file)
  if (!sealed.ok) return sealed
  const metadata = readMetadata(sealed.value)
  if (!metadata.ok) return metadata
  const key = await openDataKey(sealed.value, metadata.value, identities)
  if (!key.ok) return key
  const open = decryptDocument(sealed.value, metadata.value, key.value)
  if (!open.ok) return open
  return good({
    given: text,
    sealed: sealed.value,
    metadata: metadata.value,
    key: key.value,
    open: open.value,
  })
}

/** Why nothing can be sealed for these recipients: there are none, or they are no keys of age. */
export const checkRecipients = (recipients: string[]): Problem[] =>
  recipients.length > 0
    ? badRecipients(recipients)
    : [
        problem({
          code: 'age/no-recipient',
          what: 'There is nobody to seal it for.',
          fix: 'Name an age recipient.',
        }),
      ]

const wrap = async (key: Uint8Array, recipients: string[]): Promise<WrappedKey[]> =>
  Promise.all(
    recipients.map(async (recipient) => ({
      recipient,
      enc: Buffer.from(await encryptFor([recipient], key, { armored: true })).toString('latin1'),
    })),
  )

const drawIv = (): Uint8Array => randomBytes(ivLength)

const sealMac = (mac: string, key: Uint8Array, time: string): string =>
  encryptLeaf({ type: 'str', bytes: Buffer.from(mac) }, key, time, drawIv())

/** Nothing is given out that does not open to the very same values: a sealed text that is wrong is a lost secret. */
const proven = (text: string, values: JsonObject, key: Uint8Array): Outcome<string> => {
  const sealed = readDocument(text, 'the sealed document')
  const metadata = sealed.ok ? readMetadata(sealed.value) : sealed
  const open = sealed.ok && metadata.ok ? decryptDocument(sealed.value, metadata.value, key) : undefined
  if (!open?.ok || canonicalJson(open.value.values) !== canonicalJson(values))
    throw new Error('the document that was sealed does not open to its values')
  return good(text)
}

const badRule = (pattern: string): Problem =>
  problem({
    code: 'sops/bad-rule',
    what: `${JSON.stringify(pattern)} is no regular expression that Go and JavaScript read alike.`,
    fix: 'Write it with plain alternatives: ^(data|stringData)$.',
  })

/** A new document for values. Problems: `age/no-recipient`, `age/bad-recipient`, `sops/bad-rule` and those of `unsealable`. */
export const sealNew = async (
  values: JsonObject,
  { recipients = [], encryptedRegex }: SealOptions,
  time: string,
): Promise<Outcome<string>> => {
  const regex = encryptedRegex === undefined ? undefined : compileRegex(encryptedRegex)
  const problems = [...unsealable(values, encryptedRegex === undefined), ...checkRecipients(recipients)]
  if (encryptedRegex !== undefined && !regex) problems.push(badRule(encryptedRegex))
  if (problems.length > 0) return bad(problems as Problems)
  const key = randomBytes(dataKeyLength)
  const rule: Rule = regex ? { by: 'encrypted_regex', regex } : defaultRule
  const { root, leaves } = sealAnew(values, { key, isEncrypted: encryptedBy(rule), drawIv })
  const mac = sealMac(macOf(leavesIn(root, leaves), false), key, time)
  const age = await wrap(key, [...new Set(recipients)])
  const field = { field: rule.by, text: encryptedRegex ?? defaultRule.suffix }
  return proven(writeAnew(root, { mac, lastModified: time, age }, field), values, key)
}

/** Who is new among recipients, and who is missing. */
const comparedWith = (age: WrappedKey[], recipients: string[]) => {
  const before = age.map(({ recipient }) => recipient)
  return {
    added: [...new Set(recipients)].filter((one) => !before.includes(one)),
    removed: before.filter((one) => !recipients.includes(one)),
  }
}

/** An opened document brought to new values; the text as it was given where nothing is new. Problems: `sops/removed-recipient` and those of `sealNew`. */
export const sealAgain = async (
  values: JsonObject,
  { given, sealed, metadata, key, open }: OpenedDocument,
  recipients: string[] | undefined,
  time: string,
): Promise<Outcome<string>> => {
  const { mac, lastModified, rule, macOnlyEncrypted } = metadata
  const { added, removed } = recipients ? comparedWith(metadata.age, recipients) : { added: [], removed: [] }
  const problems = [...unsealable(values, false), ...badRecipients(added)]
  if (removed.length > 0)
    problems.push(
      refusal(
        'removed-recipient',
        sealed.file,
        `${sealed.file} is sealed for ${listed(removed)} as well, who would go on knowing its key.`,
        'Take a recipient away with sops rotate --in-place --rm-age RECIPIENT FILE, and change the secrets that it knew.',
      ),
    )
  if (problems.length > 0) return bad(problems as Problems)
  const same = canonicalJson(values) === canonicalJson(open.values)
  if (same && added.length === 0) return good(given)
  const age = added.length === 0 ? {} : { age: [...metadata.age, ...(await wrap(key, added))] }
  if (same) return proven(writeChanged(sealed, { mac, lastModified, ...age }, unchanged), values, key)
  const changes = sealChanges(sealed.root, open, values, { key, isEncrypted: encryptedBy(rule), drawIv })
  const next = sealMac(macOf(leavesIn(sealed.root, open.leaves), macOnlyEncrypted), key, time)
  return proven(writeChanged(sealed, { mac: next, lastModified: time, ...age }, changes), values, key)
}
