import { generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { hashFor } from '../../../src/core/bundle/key.ts'
import type { Signer } from '../../../src/core/effects/signer.ts'
import type { Trust } from '../../../src/core/trust.ts'

export type TestKey = Signer & { key: KeyObject }

/** A key pair in memory, as `src/system/signer.ts` loads one from a file. */
export const testKey = (name: string, kind: 'ed25519' | 'ec' = 'ed25519'): TestKey => {
  const { privateKey, publicKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    name,
    key: publicKey,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: async (content) => sign(hashFor(privateKey), content, privateKey),
  }
}

/** A trust file that takes the signature of any one of these keys, unless told otherwise. */
export const trusting = (keys: TestKey[], more: Partial<Trust> = {}): Trust => ({
  file: 'trust.yaml',
  cluster: 'sample-production',
  threshold: 1,
  keys: keys.map(({ name, key }) => ({ name, key })),
  ...more,
})
