import { X509Certificate } from 'node:crypto'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g

const refuse = (name: string, what: string, fix: string): Outcome<never> =>
  bad([
    problem({
      code: 'mirrors/no-authority',
      fault: 'usage',
      what: `${name} ${what}`,
      where: [{ in: 'file', file: name }],
      fix,
    }),
  ])

const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}

/** The certificates of a PEM file, and nothing else of it: it is copied to every node, so that a private key in it is refused. */
export const readAuthority = ({ name, text }: { name: string; text: string }): Outcome<string> => {
  const blocks = Array.from(text.matchAll(block))
  if (/PRIVATE KEY/.test(text))
    return refuse(name, 'holds a private key.', 'Name the certificate alone: this goes to every node.')
  if (blocks.length === 0)
    return refuse(name, 'holds no certificate in PEM.', 'Name the CA that signed Harbor’s certificate.')
  const broken = blocks.findIndex(([pem, kind]) => kind !== 'CERTIFICATE' || !isCertificate(pem))
  if (broken >= 0)
    return refuse(
      name,
      `holds something that is no certificate (block ${broken + 1}).`,
      'Name a file of certificates in PEM.',
    )
  return good(`${blocks.map(([pem]) => pem.replaceAll('\r\n', '\n')).join('\n')}\n`)
}
