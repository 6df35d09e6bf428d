import type { BundleManifest } from '../../core/bundle/format.ts'
import { sealedMemberOf } from '../../core/bundle/members.ts'
import type { Members } from '../../core/bundle/members.ts'
import type { Refuse } from '../../core/bundle/refusal.ts'
import { unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { utf8Text } from '../../core/utf-8.ts'

/** The files in SOPS format that site values are sealed in, by their path from the site's root. They are not opened: that takes a key. */
export const readSealed = (
  { siteValues }: BundleManifest,
  members: Members,
  refuse: Refuse,
): Outcome<Map<string, string>> => {
  const found: Problem[] = []
  const files = siteValues.flatMap(({ recipe }) => (recipe.made === 'sealed' ? [recipe.file] : []))
  const sealed = new Map<string, string>()
  for (const file of new Set(files)) {
    const member = sealedMemberOf(file)
    const text = utf8Text(members.get(member) as Uint8Array)
    if (text === undefined) found.push(refuse('bad-sealed-file', `${member} is not UTF-8 text.`, { member }))
    else sealed.set(file, text)
  }
  return unless(found, () => sealed)
}
