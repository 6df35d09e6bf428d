import { sha256 } from '../../core/digest.ts'
import type { ReadFiles } from '../../core/effects/files.ts'

/**
 * One digest over files: over a line for each, of its own digest and its path relative to `folder`, sorted by path. Every
 * byte counts, also of files that helm ignores: which ones it ignores is its own business, and changes.
 */
export const treeDigest = async (files: ReadFiles, paths: string[], folder = ''): Promise<string> => {
  const lines = await Promise.all(
    paths.map(async (path) => {
      const digest = await files.digest(path)
      // It was listed a moment ago; somebody is at work in this folder.
      if (digest === undefined) throw new Error(`${path} went away while it was read`)
      return { path: path.slice(folder.length), digest }
    }),
  )
  lines.sort((a, b) => (a.path < b.path ? -1 : 1))
  return sha256(lines.map(({ path, digest }) => `${digest}  ${path}\n`).join(''))
}
