import { isOpen, siteValueOf } from './draft.ts'
import type { Draft, Drafts } from './draft.ts'
import { certificateLike, isIssuedBy, rsaBits } from './pems.ts'

/** Certificates, each after the one that signs it. */
export const settleCertificates = ({ all, settle, seal }: Drafts): void => {
  const one = (draft: Draft): void => {
    if (!isOpen(draft) || draft.pem?.is !== 'certificate') return
    const own = draft.pem.certificate
    if (rsaBits(own.publicKey) === undefined)
      return seal(draft, 'Its key is none of those that a recipe makes: RSA of 2048, 3072 or 4096 bits.')
    const issuer = isIssuedBy(own, own)
      ? undefined
      : all.find(
          ({ pem }) => pem?.is === 'certificate' && pem.certificate.ca && isIssuedBy(own, pem.certificate),
        )
    if (issuer) one(issuer)
    const signer = issuer && siteValueOf(issuer)
    if (!isIssuedBy(own, own) && signer?.recipe.made !== 'certificate')
      return seal(draft, 'A certificate of an issuer that no recipe makes, or that is not rendered.')
    const { recipe, exact } = certificateLike(own, signer?.id ?? null)
    const comment =
      'The chart says more, or less, of whom it is for than a common name, DNS names and IP addresses.'
    settle(draft, recipe, 'certificate', exact ? undefined : comment)
  }
  all.forEach(one)
}

/** Private keys: those of certificates, and others. */
export const settleKeys = ({ all, settle, join, seal }: Drafts): void => {
  for (const draft of all) {
    if (!isOpen(draft) || draft.pem?.is !== 'key') continue
    const { key, spki } = draft.pem
    const bits = rsaBits(key)
    const certificate = all.find(
      (one) =>
        one.pem?.is === 'certificate' &&
        one.pem.spki === spki &&
        siteValueOf(one)?.recipe.made === 'certificate',
    )
    if (certificate) join(draft, certificate, 'key')
    else if (bits === undefined)
      seal(draft, 'It is none of the keys that a recipe makes: RSA of 2048, 3072 or 4096 bits.')
    else {
      const isPkcs1 = draft.value.startsWith('-----BEGIN RSA ')
      const comment = 'The chart makes PKCS #8 of it, the recipe PKCS #1; most programs read both.'
      settle(draft, { made: 'key', bits }, 'key', isPkcs1 ? undefined : comment)
    }
  }
}

/** Public keys, whose private ones are there. */
export const settlePublicKeys = ({ all, join, seal }: Drafts): void => {
  for (const draft of all) {
    if (!isOpen(draft) || draft.pem?.is !== 'public') continue
    const { spki } = draft.pem
    const mate = all.find(
      (one) => one.pem?.is === 'key' && one.pem.spki === spki && siteValueOf(one)?.recipe.made === 'key',
    )
    if (mate) join(draft, mate, 'public')
    else seal(draft, 'A public key whose private one is not rendered, or belongs to a certificate.')
  }
}
