import type { Unsealed } from '../../../core/effects/sealer.ts'
import { bad, good } from '../../../core/problem.ts'
import type { Outcome, Problem } from '../../../core/problem.ts'
import type { RenderSystem, Sealing } from '../read-release.ts'

const noKey: readonly string[] = ['sops/no-identity', 'sops/wrong-identity']

/** Opened documents, or why the key does not open them: none is at hand, or another. */
type Opened = { open: Map<string, Unsealed> } | { closed: Problem | undefined }

/** Opens those of the files that are there. A key that fits none of them counts as none, unless a person insists on it. */
export const openFiles = async (
  files: string[],
  sealing: Sealing | undefined,
  system: Pick<RenderSystem, 'files'>,
): Promise<Outcome<Opened>> => {
  if (sealing === undefined) return good({ closed: undefined })
  const open = new Map<string, Unsealed>()
  const problems: Problem[] = []
  let closed: Problem | undefined
  for (const file of files) {
    const text = await system.files.readText(file)
    if (text === undefined) continue
    const opened = await sealing.sealer.openSealed(text, file)
    if (opened.ok) open.set(file, opened.value)
    else if (!sealing.insisted && opened.problems.every(({ code }) => noKey.includes(code)))
      closed ??= opened.problems[0]
    else
      problems.push(
        ...opened.problems.map((one) =>
          noKey.includes(one.code)
            ? {
                ...one,
                fix: 'Name an identity that it is sealed for, choose another environment (--env), or leave --identity out: what has not changed needs no key.',
              }
            : one,
        ),
      )
  }
  const [first, ...rest] = problems
  if (first) return bad([first, ...rest])
  return good(closed ? { closed } : { open })
}
