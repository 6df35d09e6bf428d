import type { BundledObject, BundleManifest } from '../../core/bundle/format.ts'
import type { Members } from '../../core/bundle/members.ts'
import type { Refuse } from '../../core/bundle/refusal.ts'
import type { VerifiedObject, VerifiedRelease } from '../../core/bundle/verified.ts'
import { readObjects } from '../../core/manifest.ts'
import { idOf, keyOf, nameOf } from '../../core/object.ts'
import { all, bad, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { utf8Text } from '../../core/utf-8.ts'

type Read = VerifiedObject & { text: string }

const readObject = (indexed: BundledObject, members: Members, refuse: Refuse): Outcome<Read> => {
  const { member, id } = indexed
  const text = utf8Text(members.get(member) as Uint8Array)
  if (text === undefined) return bad([refuse('bad-object', `${member} is not UTF-8 text.`, { member })])
  const read = readObjects(text, member)
  if (!read.ok) return read
  const [only, ...more] = read.value
  if (only === undefined || more.length > 0)
    return bad([
      refuse('bad-object', `${member} holds ${read.value.length} objects instead of one.`, { member }),
    ])
  const { object } = only
  if (keyOf(idOf(object)) !== keyOf(id))
    return bad([
      refuse(
        'other-object',
        `${member} holds ${nameOf(idOf(object))}, and not ${nameOf(id)} as the index says.`,
        { member },
      ),
    ])
  return good({ ...indexed, object, text }, read.warnings)
}

/** Parses every object, once its bytes are known to be those that were signed. Each must be the one that the index says. */
export const readReleases = (
  manifest: BundleManifest,
  members: Members,
  refuse: Refuse,
): Outcome<{ releases: VerifiedRelease[]; texts: Map<string, string> }> => {
  const texts = new Map<string, string>()
  const releases = all(
    manifest.releases.map((release): Outcome<VerifiedRelease> => {
      const objects = all(release.objects.map((one) => readObject(one, members, refuse)))
      if (!objects.ok) return objects
      return good(
        {
          ...release,
          objects: objects.value.map(({ text, ...object }) => {
            texts.set(object.member, text)
            return object
          }),
        },
        objects.warnings,
      )
    }),
  )
  return releases.ok ? good({ releases: releases.value, texts }, releases.warnings) : releases
}
