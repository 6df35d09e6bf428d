import { timeOf } from '../core/bundle/time.ts'
import type { Clock } from '../core/effects/clock.ts'
import type { Sealer } from '../core/effects/sealer.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome, Problems } from '../core/problem.ts'
import { EndlessRegex } from '../core/sops/rule.ts'
import { encryptFor, loadIdentities, noIdentities, readIdentities } from './age.ts'
import type { Identities, Undecrypted } from './age.ts'
import { checkRecipients, listed, openDocument, sealAgain, sealNew } from './sealed-document.ts'

const whyNot: Record<Undecrypted, [what: string, fix: string]> = {
  'not-age': ['is no file of age', 'Name one that age or this program wrote.'],
  passphrase: ['is encrypted with a passphrase, which is not read here', 'Decrypt it with age.'],
  'wrong-identity': [
    'is encrypted for others',
    'Name the identity of one of its recipients: --identity FILE, or SOPS_AGE_KEY_FILE.',
  ],
  damaged: ['is damaged, cut off or was altered', 'Fetch it anew.'],
}

const endless = (error: unknown): { ok: false; problems: Problems } => {
  if (!(error instanceof EndlessRegex)) throw error
  return bad([
    problem({
      code: 'sops/bad-rule',
      what: 'The expression that says what is sealed takes too long on the keys.',
      fix: 'Write a simpler one.',
    }),
  ])
}

/** A sealer with these identities. `lastmodified` comes from the clock, and changes only with content. */
const createSealer = (identities: Identities, clock: Clock): Sealer => ({
  publicKeys: identities.publicKeys,
  openSealed: async (text, file) => {
    const opened = await openDocument(text, file, identities)
    if (!opened.ok) return opened
    const { open, metadata } = opened.value
    const recipients = metadata.age.map(({ recipient }) => recipient)
    return good({ values: open.values, sealed: open.sealed, recipients })
  },
  seal: async (values, options) => {
    const time = timeOf(clock.now())
    const { previous, recipients } = options
    if (!previous) return sealNew(values, options, time).catch(endless)
    const opened = await openDocument(previous.text, previous.file, identities)
    return opened.ok ? sealAgain(values, opened.value, recipients, time).catch(endless) : opened
  },
  sealBytes: async (bytes, recipients, { armor = true } = {}) => {
    const problems = checkRecipients(recipients)
    if (problems.length > 0) return bad(problems as Problems)
    return good(await encryptFor(recipients, bytes, { armored: armor }))
  },
  openBytes: async (bytes, file) => {
    const content = await identities.decrypt(bytes)
    if (typeof content !== 'string') return good(content)
    const [what, fix] = whyNot[content]
    const tried =
      identities.publicKeys.length === 0
        ? 'no identity is at hand'
        : `tried: ${listed(identities.publicKeys)}`
    const more = content === 'wrong-identity' ? ` (${tried})` : ''
    return bad([
      problem({
        code: `age/${content}`,
        what: `${file} ${what}${more}.`,
        where: [{ in: 'file', file }],
        fix,
      }),
    ])
  },
})

/**
 * A sealer with the identities of a file, the one that is named or else SOPS_AGE_KEY_FILE; without a file those in SOPS_AGE_KEY.
 * Without any it still seals. Warnings: `age/readable`.
 */
export const openSealer = async ({
  identityFile,
  environment,
  clock,
}: {
  identityFile?: string
  environment: { [name: string]: string | undefined }
  clock: Clock
}): Promise<Outcome<Sealer>> => {
  const file = identityFile ?? environment['SOPS_AGE_KEY_FILE']
  const text = environment['SOPS_AGE_KEY']
  const identities = file
    ? await loadIdentities(file)
    : text
      ? await readIdentities(text, 'SOPS_AGE_KEY')
      : good(noIdentities)
  return identities.ok ? good(createSealer(identities.value, clock), identities.warnings) : identities
}
