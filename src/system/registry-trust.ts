import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { getCACertificates } from 'node:tls'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { isMissing } from './missing.ts'

/** What TLS says of a certificate, without Node's advice on how to start Node. */
export const withoutAdvice = (message: string): string => message.replace(/; if the root CA is .*$/s, '')

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

const certificatesIn = (text: string): string[] | undefined => {
  const blocks = text.match(block) ?? []
  try {
    for (const one of blocks) void new X509Certificate(one)
  } catch {
    return undefined
  }
  return blocks.length > 0 ? blocks : undefined
}

/**
 * Whom to believe about a registry's name: those that Node and the system believe, those of `SSL_CERT_FILE`, and those of the file that is named, in PEM
 * form. They come to the others and replace none.
 */
export const trustedCertificates = async (
  file: string | undefined,
  environment: { [name: string]: string | undefined },
): Promise<Outcome<string[]>> => {
  const trusted = [...getCACertificates('default'), ...getCACertificates('system')]
  for (const one of [environment['SSL_CERT_FILE'], file]) {
    if (one === undefined || one === '') continue
    let certificates: string[] | undefined
    try {
      certificates = certificatesIn(await readFile(one, 'utf8'))
    } catch (error) {
      return bad([
        problem({
          code: 'registry/no-ca',
          fault: isMissing(error) ? 'usage' : 'world',
          what: `The certificates of ${one} cannot be read: ${(error as Error).message}.`,
          where: [{ in: 'file', file: one }],
          fix: 'Correct the path.',
        }),
      ])
    }
    if (certificates === undefined)
      return bad([
        problem({
          code: 'registry/bad-ca',
          fault: 'usage',
          what: `${one} holds no certificate in PEM form, or one that cannot be read.`,
          where: [{ in: 'file', file: one }],
          fix: "Name the file of the CA's own certificate: -----BEGIN CERTIFICATE----- and so on.",
        }),
      ])
    trusted.push(...certificates)
  }
  return good([...new Set(trusted)])
}
