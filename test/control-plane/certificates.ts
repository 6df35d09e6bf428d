import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'

/** Paths of PEM files. */
export type Certificate = { readonly cert: string; readonly key: string }

/** Who a certificate speaks for: Kubernetes reads the user from CN and the groups from O. */
export type Subject = { readonly name: string; readonly groups?: readonly string[] }

/** Makes a certificate authority, valid for a day, in `NAME.crt` and `NAME.key`. */
export async function createAuthority(dir: string, name: string): Promise<Certificate> {
  return certificate(dir, name, { name }, [
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  ])
}

/** Makes a certificate with which a client proves who it is, in `FILE.crt` and `FILE.key`. */
export async function createClientCertificate(
  dir: string,
  file: string,
  authority: Certificate,
  subject: Subject,
): Promise<Certificate> {
  return certificate(dir, file, subject, signedBy(authority, 'clientAuth'))
}

/** Makes a certificate for a server on this machine, in `FILE.crt` and `FILE.key`. */
export async function createServerCertificate(
  dir: string,
  file: string,
  authority: Certificate,
): Promise<Certificate> {
  return certificate(dir, file, { name: file }, [
    ...signedBy(authority, 'serverAuth'),
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  ])
}

/** Makes the key pair that signs and checks service account tokens. */
export async function createTokenKeys(dir: string): Promise<{ privateKey: string; publicKey: string }> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const privateKey = path.join(dir, 'service-accounts.key')
  const publicKey = path.join(dir, 'service-accounts.pub')
  await writeFile(privateKey, pair.privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 })
  await writeFile(publicKey, pair.publicKey.export({ type: 'spki', format: 'pem' }))
  return { privateKey, publicKey }
}

function signedBy(authority: Certificate, usage: 'clientAuth' | 'serverAuth'): string[] {
  return [
    '-CA',
    authority.cert,
    '-CAkey',
    authority.key,
    '-addext',
    'basicConstraints=critical,CA:FALSE',
    '-addext',
    `extendedKeyUsage=${usage}`,
  ]
}

/** Runs openssl, because Node can read certificates but not make them. */
async function certificate(
  dir: string,
  file: string,
  subject: Subject,
  options: readonly string[],
): Promise<Certificate> {
  const made = { cert: path.join(dir, `${file}.crt`), key: path.join(dir, `${file}.key`) }
  // A configuration of our own, because the system's may add extensions that contradict ours.
  const config = path.join(dir, 'openssl.cnf')
  await writeFile(config, '[req]\ndistinguished_name = subject\n[subject]\n')
  await execa('openssl', [
    'req',
    '-x509',
    '-config',
    config,
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '1',
    '-utf8',
    '-subj',
    distinguishedName(subject),
    '-keyout',
    made.key,
    '-out',
    made.cert,
    ...options,
  ])
  return made
}

function distinguishedName({ name, groups = [] }: Subject): string {
  const escape = (value: string) => value.replaceAll(/[\\/+]/g, String.raw`\$&`)
  return [...groups.map((group) => `/O=${escape(group)}`), `/CN=${escape(name)}`].join('')
}
