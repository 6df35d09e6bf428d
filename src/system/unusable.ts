const codes = ['ENOENT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'ENOSPC', 'EDQUOT']

/**
 * Whether a cache cannot be had, or somebody removes it at this moment. Nothing is lost then: what it would save is worked out anew,
 * and on a read-only checkout that is as it should be.
 */
export const isUnusable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
