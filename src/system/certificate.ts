// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 needs what it adds to Reflect, before it is loaded itself.
import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { Extension } from '@peculiar/x509'
import type { Recipe } from '../core/site-values/recipe.ts'

export interface CertificateKeys {
  privateKey: KeyObject
  publicKey: KeyObject
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const serverAuth = '1.3.6.1.5.5.7.3.1'
const clientAuth = '1.3.6.1.5.5.7.3.2'
const subjectKeyIdentifier = '2.5.29.14'

const day = 24 * 60 * 60 * 1000
/** Clocks differ: who looks at a new certificate may be a little behind. */
const grace = 5 * 60 * 1000

const privateCryptoKey = async (key: KeyObject) =>
  await webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), algorithm, false, [
    'sign',
  ])
const publicCryptoKey = async (key: KeyObject) =>
  await webcrypto.subtle.importKey('spki', key.export({ type: 'spki', format: 'der' }), algorithm, true, [
    'verify',
  ])

/** Names its issuer's key as the issuer does; one that does not name its own key (Go leaves that out of what is no CA) cannot be named. */
const authorityOf = (issuer: X509Certificate): Extension[] => {
  const own = issuer.getExtension(subjectKeyIdentifier)
  return own instanceof SubjectKeyIdentifierExtension ? [new AuthorityKeyIdentifierExtension(own.keyId)] : []
}

/** 127 random bits, positive. */
const serialNumber = (): string => {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

/**
 * A certificate (PEM) for a key, with what sprig's genCA, genSelfSignedCert and genSignedCert write (`getBaseCertTemplate` in its
 * `crypto.go`): key usages, both extended ones, names; plus the identifiers of both keys. Signed by the issuer's RSA key with
 * SHA-256, or by itself where there is none.
 */
export const issueCertificate = async (
  recipe: Extract<Recipe, { made: 'certificate' }>,
  { privateKey, publicKey }: CertificateKeys,
  issuer: { certificate: string; key: KeyObject } | undefined,
  now: number,
): Promise<string> => {
  const { authority, commonName, dnsNames, ipAddresses, days } = recipe
  const subject = [{ CN: [commonName] }]
  const publicHalf = await publicCryptoKey(publicKey)
  const signedBy = issuer && new X509Certificate(issuer.certificate)
  const names = [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
  ]
  const usages = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment
  const made = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: signedBy ? signedBy.subjectName : subject,
    notBefore: new Date(now - grace),
    notAfter: new Date(now + days * day),
    publicKey: publicHalf,
    signingKey: await privateCryptoKey(issuer ? issuer.key : privateKey),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(authority, undefined, true),
      new KeyUsagesExtension(authority ? usages | KeyUsageFlags.keyCertSign : usages, true),
      new ExtendedKeyUsageExtension([serverAuth, clientAuth]),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
      await SubjectKeyIdentifierExtension.create(publicHalf),
      ...(signedBy ? authorityOf(signedBy) : []),
    ],
  })
  return `${made.toString('pem')}\n`
}
