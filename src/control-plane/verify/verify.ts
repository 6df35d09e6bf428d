import { checkContents } from '../../core/bundle/contents.ts'
import { readManifest } from '../../core/bundle/manifest.ts'
import { manifestPath } from '../../core/bundle/members.ts'
import { madeElsewhere, openBundle } from '../../core/bundle/read.ts'
import { refusalOf } from '../../core/bundle/refusal.ts'
import { checkSignatures } from '../../core/bundle/signatures.ts'
import type { Vouched } from '../../core/bundle/signatures.ts'
import type { VerifiedBundle } from '../../core/bundle/verified.ts'
import { sha256 } from '../../core/digest.ts'
import { bad, good, together } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import type { Trust } from '../../core/trust.ts'
import { checkPurpose } from './purpose.ts'
import { readReleases } from './releases.ts'
import { readSealed } from './sealed.ts'

export interface ToVerify {
  /** The whole file. */
  bytes: Uint8Array
  /** How messages call it; nothing else depends on the name. */
  name: string
  /** What this side believes; undefined where there is no trust file. */
  trust: Trust | undefined
  /** Milliseconds since the epoch, by this side's clock. */
  now: number
  /** Whether signatures are not looked at, on explicit demand (`--insecure-skip-verify`); all else still is. */
  allowUnsigned?: boolean
  /** Whether a bundle that was applied before may be used beyond its time. */
  allowExpired?: boolean
}

const signersOf = (
  { trust, now, name, allowUnsigned = false }: ToVerify,
  members: Map<string, Uint8Array>,
): Outcome<Vouched[]> => {
  const refuse = refusalOf(name)
  if (allowUnsigned)
    return good(
      [],
      [
        {
          ...refuse('not-verified', 'Its signatures are not checked, as demanded.', {
            why: 'Whoever could write this file decides what is applied.',
            fix: 'Leave --insecure-skip-verify out as soon as you can.',
          }),
          severity: 'warning',
        },
      ],
    )
  if (trust === undefined)
    return bad([
      refuse('no-trust', 'There is no trust file, so no signature means anything.', {
        why: 'Nothing is applied that nobody vouches for.',
        fix: 'Name the file with --trust; docs/bundle-format.md shows one.',
      }),
    ])
  return checkSignatures(members, trust, now, name)
}

/**
 * Checks a bundle wholly, in memory, before anything is asked of any server. In this order, and each only once the one
 * before has passed: the container; signatures over the exact bytes of bundle.json and over the digest of the packed contents;
 * bundle.json itself; every member's size and digest, and whether the bundle is for this cluster and still valid; whether the
 * contents are, byte for byte, those that were signed; the objects, each of which must be the one that bundle.json says. It takes no effect, so it can touch nothing.
 */
export const verify = (input: ToVerify): Outcome<VerifiedBundle> => {
  const refuse = refusalOf(input.name)
  const opened = openBundle(input.bytes, input.name)
  if (!opened.ok) return opened
  const { members } = opened.value
  const manifestBytes = members.get(manifestPath)
  if (manifestBytes === undefined)
    return bad([
      refuse('not-a-bundle', `It has no ${manifestPath}.`, {
        fix: 'Name the .tgz file that `scout bundle` wrote.',
      }),
    ])

  const signed = signersOf(input, members)
  if (!signed.ok) return signed

  const read = readManifest(manifestBytes, input.name)
  if (!read.ok) return read
  const manifest = read.value

  const found = [
    ...checkContents(manifest, members, refuse),
    ...checkPurpose(manifest, input.trust, input.now, input.allowExpired ?? false, refuse),
  ]
  if (found.some((one) => one.severity === 'error')) return bad(found as Problems)
  // Only now: a member that was changed is told by its name.
  if (signed.value.some(({ contents }) => contents !== opened.value.contents))
    return bad([
      refuse('not-canonical', 'It is not packed as it was when it was signed.', { why: madeElsewhere }),
    ])

  const content = together(readReleases(manifest, members, refuse), readSealed(manifest, members, refuse))
  if (!content.ok) return content
  const [releases, sealed] = content.value
  const signedBy = signed.value.map(({ by }) => by)
  return good({ manifest, digest: sha256(manifestBytes), signedBy, ...releases, sealed }, [
    ...signed.warnings,
    ...found,
    ...content.warnings,
  ])
}
