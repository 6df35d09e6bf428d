import type { Git } from '../core/effects/git.ts'

/** The git repository around a site's root. What asks git is loaded when git is asked: most renders never do. */
export const openGitLater = (root: string): Git => {
  const opened = async (): Promise<Git> => (await import('./git.ts')).openGit(root)
  return {
    resolve: async (ref) => (await opened()).resolve(ref),
    treeAt: async (ref, folder) => (await opened()).treeAt(ref, folder),
    head: async () => (await opened()).head(),
    mergeBase: async (ref) => (await opened()).mergeBase(ref),
  }
}
