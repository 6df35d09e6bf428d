import type { Outcome } from '../problem.ts'

/** The commit that is checked out, and what of the site differs from it. */
export interface Head {
  /** 40 hex digits (64 in a SHA-256 repository). */
  commit: string
  /** The committer's time, in milliseconds since the epoch. */
  time: number
  /** Whether every file of the site is as committed and none is untracked. */
  clean: boolean
  /** Paths that are not, sorted, relative to the site's root. */
  changed: string[]
}

/**
 * The git repository that a site lies in; it may be a folder further down. Paths are relative to the site's root, with `/`. Nothing
 * here writes, and nothing asks the network.
 */
export interface Git {
  /** The commit that a branch, tag or revision names. A ref that is not there is a problem that says how to fetch it. */
  resolve(ref: string): Promise<Outcome<string>>
  /** Every file below `folder` at a ref: text by path relative to `folder`. Empty where the ref has no such folder. */
  treeAt(ref: string, folder: string): Promise<Outcome<Map<string, string>>>
  /** What is checked out; undefined where there is no repository or no commit yet. */
  head(): Promise<Outcome<Head | undefined>>
  /** The commit at which HEAD and a ref parted: what a merge request is compared with. */
  mergeBase(ref: string): Promise<Outcome<string>>
}
