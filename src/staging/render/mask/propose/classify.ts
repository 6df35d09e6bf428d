import type { KubeObject } from '../../../../core/object.ts'
import type { ResolvedRelease } from '../../../../core/records.ts'
import type { Hidden } from '../cover.ts'
import { settleCertificates, settleKeys, settlePublicKeys } from './certificates.ts'
import type { Candidate } from './collect.ts'
import { draftsOf, isOpen } from './draft.ts'
import type { Proposed } from './draft.ts'
import { settleHashes, settlePasswords } from './passwords.ts'

/**
 * What makes each candidate: pairs of certificates and keys, other keys, passwords, and bcrypt hashes. What nothing makes is to be sealed, and the
 * comment says why. `objects` are those of the first render, `hidden` what is declared already.
 */
export const classify = (
  release: ResolvedRelease,
  candidates: Candidate[],
  hidden: Hidden[],
  objects: KubeObject[],
): Proposed[] => {
  const drafts = draftsOf(release, candidates, hidden)
  for (const draft of drafts.all)
    if (isOpen(draft) && draft.candidate.transformed) {
      const { of, words } = draft.candidate.transformed
      drafts.seal(draft, `It is ${words} of ${of}: whoever has the key makes it.`)
    }
  settleCertificates(drafts)
  settleKeys(drafts)
  settlePublicKeys(drafts)
  settlePasswords(drafts)
  const fixed = settleHashes(drafts, release, objects)
  const proposed = new Set(drafts.all.flatMap((draft) => draft.proposed ?? []))
  return [...proposed, ...fixed]
}
