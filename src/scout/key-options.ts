import { passphraseFrom } from '../system/passphrase.ts'
import type { AskPassphrase } from '../system/signer.ts'

/** Where the passphrase of a private key comes from; never from the command line itself, which everybody can see. */
export const passphraseOptions = {
  'passphrase-file': { value: 'FILE', help: "file whose first line is the key's passphrase" },
  'passphrase-env': {
    value: 'VARIABLE',
    help: "environment variable that holds the key's passphrase (default: SCOUT_PASSPHRASE)",
  },
} as const

const usual = 'SCOUT_PASSPHRASE'

/** Asks where the options say; else the usual variable, where it is set; else whoever sits at the terminal, twice for a new key. */
export const askPassphrase = (
  options: { 'passphrase-file': string | undefined; 'passphrase-env': string | undefined },
  { twice = false }: { twice?: boolean } = {},
): AskPassphrase => {
  const variable = options['passphrase-env'] ?? (process.env[usual] === undefined ? undefined : usual)
  return passphraseFrom({
    ...(options['passphrase-file'] !== undefined && { file: options['passphrase-file'] }),
    ...(variable !== undefined && { variable }),
    twice,
  })
}
