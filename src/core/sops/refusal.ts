import { problem } from '../problem.ts'
import type { Problem } from '../problem.ts'

/**
 * A problem of a sealed document. It names the file and, where there is one, the line; never with an excerpt, for the line can
 * hold what ought to have been secret.
 */
export const refusal = (
  slug: string,
  file: string,
  what: string,
  fix: string,
  more: { line?: number; why?: string } = {},
): Problem => {
  const { line, why } = more
  const where = { in: 'file', file, ...(line === undefined ? {} : { line }) } as const
  return problem({ code: `sops/${slug}`, what, where: [where], ...(why === undefined ? {} : { why }), fix })
}
