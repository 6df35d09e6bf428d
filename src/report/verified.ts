import { isSealedMember } from '../core/bundle/members.ts'
import { counted } from './count.ts'
import type { VerifiedBundle } from '../core/bundle/verified.ts'

/** A bundle that passed, in one line: what it is, who signed it (where that was looked at), and for which cluster. */
export const describeVerified = (
  file: string,
  { manifest, signedBy }: Pick<VerifiedBundle, 'manifest' | 'signedBy'>,
  { signaturesChecked }: { signaturesChecked: boolean },
): string => {
  const verdict = signaturesChecked ? 'good' : 'whole, and its signatures are not checked'
  const signers = signaturesChecked ? `signed by ${signedBy.join(', ')}, ` : ''
  const sealed = manifest.members.filter(({ path }) => isSealedMember(path)).length
  const carried = sealed === 0 ? '' : `, with ${counted(sealed, 'sealed file')}`
  return `${file} is ${verdict}: ${manifest.name} ${manifest.version}, ${signers}for cluster ${manifest.cluster}${carried}\n`
}
