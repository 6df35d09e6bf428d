import { createHash } from 'node:crypto'
import type { Leaf } from './leaf.ts'

/** What a MAC over encrypted values alone begins with. Source: getsops/sops `sops.go`, MACOnlyEncryptedInitialization. */
const onlyEncrypted = createHash('sha256').update('sops').digest()

/** The MAC of a document: SHA-512 over its leaves in the order of the document, in upper case hex. Comments do not count, nor does null. */
export const macOf = (
  leaves: Iterable<{ leaf: Leaf; encrypted: boolean }>,
  macOnlyEncrypted: boolean,
): string => {
  const hash = createHash('sha512')
  if (macOnlyEncrypted) hash.update(onlyEncrypted)
  for (const { leaf, encrypted } of leaves)
    if (leaf.type !== 'comment' && leaf.type !== 'null' && (encrypted || !macOnlyEncrypted))
      hash.update(leaf.bytes)
  return hash.digest('hex').toUpperCase()
}
