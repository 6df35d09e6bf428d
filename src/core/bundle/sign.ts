import type { Json } from '../json.ts'
import type { Signer } from '../effects/signer.ts'
import { printEnvelope } from './envelope.ts'
import { signaturePathOf } from './members.ts'
import { payloadType, preAuthEncoding, signedPayloadOf } from './statement.ts'
import type { Signed } from './statement.ts'

/** The signature member of one key over a bundle: its path and its content. */
export const signBundle = async (
  signed: Signed,
  predicate: Json,
  signer: Signer,
): Promise<[path: string, content: Uint8Array]> => {
  const payload = signedPayloadOf(signed, predicate)
  const signature = await signer.sign(preAuthEncoding(payloadType, payload))
  return [
    signaturePathOf(signer.name),
    Buffer.from(printEnvelope({ keyName: signer.name, payload, signature })),
  ]
}
