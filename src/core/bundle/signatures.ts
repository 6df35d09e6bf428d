import { bad, good, unless } from '../problem.ts'
import type { Outcome } from '../problem.ts'
import type { Trust, TrustedKey } from '../trust.ts'
import { readEnvelope } from './envelope.ts'
import type { Envelope } from './envelope.ts'
import { isSignedBy } from './key.ts'
import { isSignature, keyNameOf, manifestPath } from './members.ts'
import type { Members } from './members.ts'
import { refusalOf } from './refusal.ts'
import type { Refuse } from './refusal.ts'
import { contentsIn, payloadType, preAuthEncoding } from './statement.ts'
import { timeOf } from './time.ts'

const askTheSigner = 'Ask whoever signed it; if they did not, treat the file as an attack.'

const isMadeBy = ({ key }: TrustedKey, { payload, signature }: Envelope): boolean =>
  isSignedBy(key, preAuthEncoding(payloadType, payload), signature)

/** Why a key that signed does not count now. */
const lapseOf = (
  { name, revoked, notBefore, notAfter }: TrustedKey,
  now: number,
): [slug: string, what: string] | undefined => {
  if (revoked !== undefined)
    return ['revoked-key', `It is signed by the key "${name}", which is revoked: ${revoked}.`]
  if (notBefore !== undefined && now < notBefore)
    return [
      'key-not-yet-valid',
      `It is signed by the key "${name}", which is valid from ${timeOf(notBefore)} on.`,
    ]
  if (notAfter !== undefined && now >= notAfter)
    return ['expired-key', `It is signed by the key "${name}", which expired at ${timeOf(notAfter)}.`]
  return undefined
}

/** Whose a good signature is, and the digest of the contents that it is over. */
export interface Vouched {
  by: string
  contents: string
}

/** What a signature says, or what is wrong with it; a wrong one is not told from one over something else: neither proves anything. */
const judge = (
  path: string,
  members: Members,
  trust: Trust,
  now: number,
  refuse: Refuse,
): Outcome<Vouched> => {
  const member = path
  const wrong = (slug: string, what: string, fix?: string): Outcome<Vouched> =>
    bad([refuse(slug, what, { member, ...(fix !== undefined && { fix }) })])
  const name = keyNameOf(path)
  const envelope = readEnvelope(members.get(path) as Uint8Array)
  if (name === undefined || envelope === undefined || envelope.keyName !== name)
    return wrong('bad-signature', `${path} is not a signature as \`scout bundle\` writes it.`)
  const key = trust.keys.find((one) => one.name === name)
  if (key === undefined) {
    const real = trust.keys.find((one) => isMadeBy(one, envelope))
    return wrong(
      'unknown-key',
      `It is signed by "${name}", and ${trust.file} knows no key of this name.`,
      real === undefined
        ? 'Have it signed by keys of the trust file alone, or add this one after checking whose it is.'
        : `The trust file calls this key "${real.name}": use one name in both places.`,
    )
  }
  const manifest = members.get(manifestPath) as Uint8Array
  if (!isMadeBy(key, envelope))
    return wrong(
      'bad-signature',
      `The signature of "${name}" was not made by the key of this name in ${trust.file}.`,
      askTheSigner,
    )
  const contents = contentsIn(manifest, envelope.payload)
  if (contents === undefined)
    return wrong(
      'bad-signature',
      `The signature of "${name}" is over another ${manifestPath} than the one in it.`,
      askTheSigner,
    )
  const lapse = lapseOf(key, now)
  return lapse
    ? wrong(...lapse, 'Have the bundle signed again with a key that is valid.')
    : good({ by: name, contents })
}

/**
 * Who signed, sorted by name. Every signature in the bundle must be good and of a valid key of the trust file, over the exact bytes
 * of bundle.json, and there must be as many as the threshold. Whether the contents are those that it is over is for the caller to see.
 * `now` is in milliseconds since the epoch. Nothing of bundle.json is parsed here.
 */
export const checkSignatures = (
  members: Members,
  trust: Trust,
  now: number,
  bundle: string,
): Outcome<Vouched[]> => {
  const refuse = refusalOf(bundle)
  const paths = [...members.keys()].filter(isSignature).sort()
  const judged = paths.map((path) => judge(path, members, trust, now, refuse))
  const found = judged.flatMap((one) => (one.ok ? [] : one.problems))
  // A file is named after its key, and names are unique, as are keys: so one key never counts twice.
  const vouched = judged.flatMap((one) => (one.ok ? [one.value] : []))
  if (vouched.length < trust.threshold)
    found.push(
      refuse(
        paths.length === 0 ? 'unsigned' : 'too-few-signatures',
        paths.length === 0
          ? 'It bears no signature.'
          : `${vouched.length} of ${trust.threshold} needed signatures count${vouched.length > 0 ? ` (${vouched.map(({ by }) => by).join(', ')})` : ''}.`,
        {
          why: 'Without them nobody vouches for what would be applied.',
          fix: `Have it signed by ${trust.threshold} of ${trust.keys.map(({ name }) => name).join(', ')}.`,
        },
      ),
    )
  return unless(found, () => vouched)
}
