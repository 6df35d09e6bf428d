import { sha256 } from '../digest.ts'
import type { Problem } from '../problem.ts'
import type { BundleManifest } from './format.ts'
import { isSignature, manifestPath } from './members.ts'
import type { Members } from './members.ts'
import type { Refuse } from './refusal.ts'

/** Every way in which the members differ from what bundle.json lists: missing, not listed, other size, other content. */
export const checkContents = (manifest: BundleManifest, members: Members, refuse: Refuse): Problem[] => {
  const listed = new Map(manifest.members.map((one) => [one.path, one]))
  const present = [...members.keys()].filter((path) => path !== manifestPath && !isSignature(path))
  return [...new Set([...listed.keys(), ...present])].sort().flatMap((path): Problem[] => {
    const wanted = listed.get(path)
    const content = members.get(path)
    const member = path
    if (wanted === undefined)
      return [
        refuse('unlisted-member', `"${path}" is in it, and ${manifestPath} does not list it.`, { member }),
      ]
    if (content === undefined)
      return [refuse('missing-member', `"${path}" is listed, and not in it.`, { member })]
    if (content.length !== wanted.size)
      return [
        refuse('wrong-size', `"${path}" has ${content.length} bytes instead of ${wanted.size}.`, { member }),
      ]
    if (sha256(content) !== wanted.sha256)
      return [
        refuse('wrong-digest', `"${path}" is not the file that was bundled: its sha256 is another.`, {
          member,
        }),
      ]
    return []
  })
}
