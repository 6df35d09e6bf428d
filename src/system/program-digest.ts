import { basename, dirname, join } from 'node:path'
import { digestOfTrees } from './tree-digest.ts'

/** All sources, where they run as they are; else the one file that was built of them and of all that they import. */
const ownTree = (): [folder: string, path: string] => {
  const own = import.meta.filename
  return own.endsWith('.ts') ? [join(dirname(own), '..'), '.'] : [dirname(own), basename(own)]
}

let known: string | undefined

/** A digest of this program: what it worked out may be recalled by no other. */
export const programDigest = (): string => {
  const [folder, path] = ownTree()
  return (known ??= digestOfTrees(folder, [path]))
}
