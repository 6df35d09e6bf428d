import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Recipe } from '../../../../core/site-values/recipe.ts'

/** What a PEM text is. `spki` is the public key that it holds, or belongs to, as one string. */
export type Pem =
  | { is: 'certificate'; certificate: X509Certificate; spki: string }
  | { is: 'key' | 'public'; key: KeyObject; spki: string }

const spkiOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64')

const asPrivate = (text: string): Pem => {
  const key = createPrivateKey(text)
  return { is: 'key', key, spki: spkiOf(createPublicKey(key)) }
}

const asPublic = (text: string): Pem => {
  const key = createPublicKey(text)
  return { is: 'public', key, spki: spkiOf(key) }
}

const asCertificate = (text: string): Pem => {
  const certificate = new X509Certificate(text)
  return { is: 'certificate', certificate, spki: spkiOf(certificate.publicKey) }
}

/** The one block of PEM that a text is; undefined where it is none, several, or of a kind that nothing here makes. */
export const pemOf = (text: string): Pem | undefined => {
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----\n[A-Za-z0-9+/=\n]+\n-----END \1-----$/.exec(text)?.[1]
  if (label === undefined) return undefined
  try {
    if (label === 'CERTIFICATE') return asCertificate(text)
    if (label.endsWith('PRIVATE KEY')) return asPrivate(text)
    return label.endsWith('PUBLIC KEY') ? asPublic(text) : undefined
  } catch {
    return undefined
  }
}

/** How many bits an RSA key has that a recipe can make; undefined for any other key. */
export const rsaBits = (key: KeyObject): number | undefined => {
  const bits = key.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined
  return bits === 2048 || bits === 3072 || bits === 4096 ? bits : undefined
}

const dayMilliseconds = 86_400_000
const mostDays = 36_500

const alternative = /(DNS|IP Address):("[^"]*"|[^,]*)(?:, |$)/g
const dnsForm = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/

/**
 * The recipe of a certificate like this one: its subject's common name, DNS and IP names, whether it is a CA, and for how many days. DNS
 * names are in lower case and without a dot at their end, as no client asks for them in another form. `exact`: nothing else is said of whom it is for.
 */
export const certificateLike = (
  { subject, subjectAltName, ca, validFromDate, validToDate }: X509Certificate,
  issuer: string | null,
): { recipe: Recipe & { made: 'certificate' }; exact: boolean } => {
  const names = Array.from((subjectAltName ?? '').matchAll(alternative), ([, kind, name]) => ({
    kind,
    name: kind === 'DNS' ? name!.toLowerCase().replace(/\.$/, '') : name!,
  }))
  const fitting = names.filter(({ kind, name }) => kind !== 'DNS' || dnsForm.test(name))
  const of = (wanted: string): string[] =>
    Array.from(new Set(fitting.filter(({ kind }) => kind === wanted).map(({ name }) => name)))
  const dnsNames = of('DNS')
  const said = /(?:^|\n)CN=([^\n]{1,64})(?:\n|$)/.exec(subject ?? '')?.[1]
  const days = Math.round((validToDate.getTime() - validFromDate.getTime()) / dayMilliseconds)
  return {
    recipe: {
      made: 'certificate',
      commonName: said ?? (dnsNames[0] ?? 'certificate').slice(0, 64),
      authority: ca,
      dnsNames,
      ipAddresses: of('IP Address'),
      days: Math.min(Math.max(1, days), mostDays),
      issuer,
    },
    exact: subject?.trim() === `CN=${said}` && fitting.length === names.length,
  }
}

/** Whether a certificate was signed with the key of this other one, or by itself. */
export const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
