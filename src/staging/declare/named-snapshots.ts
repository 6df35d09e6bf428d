import { posix } from 'node:path'
import type { SiteFile } from '../../core/declared.generated.ts'
import type { ReadFiles } from '../../core/effects/files.ts'
import { problem } from '../../core/problem.ts'
import type { Problem, Where } from '../../core/problem.ts'
import { suggest } from '../../core/suggest.ts'
import { kindOf } from './named-files.ts'
import type { Checked } from './read-file.ts'
import { fromRoot } from './release.ts'

/** A snapshot that an environment names and that is not there. */
export const missingSnapshot = (environment: string, path: string, where: Where, near?: string): Problem =>
  problem({
    code: 'declare/missing-file',
    what: `Environment ${environment}: there is no snapshot ${path}.`,
    where: [where],
    fix:
      near === undefined
        ? 'Take it on the control plane with `scout-apply capabilities --out FILE` and add it, or correct the path.'
        : `Did you mean \`${near}\`?`,
  })

/** Looks after the snapshots that environments name: each is a file below `releases/`. What is in it is read where it is rendered for. */
export const checkSnapshots = async (
  { declared, content }: Checked<SiteFile>,
  files: ReadFiles,
  known: Set<string>,
): Promise<Problem[]> => {
  const found: Problem[] = []
  for (const [environment, { snapshot }] of Object.entries(content.environments ?? {})) {
    if (snapshot === undefined) continue
    const where = declared.at(['environments', environment, 'snapshot'])
    const path = fromRoot('releases', snapshot)
    if (posix.isAbsolute(snapshot) || !path.startsWith('releases/')) {
      found.push(
        problem({
          code: 'declare/leaves-site',
          what: `Environment ${environment}: the path \`${snapshot}\` leaves releases/.`,
          where: [where],
          fix: 'Copy the snapshot into releases/, and write its path relative to that.',
        }),
      )
      continue
    }
    const kind = await kindOf(path, files, known)
    if (kind === 'file') continue
    const near = suggest(
      path,
      [...known].filter((one) => one.endsWith('.json')),
    )
    found.push(
      kind === undefined
        ? missingSnapshot(environment, path, where, near && posix.relative('releases', near))
        : problem({
            code: 'declare/missing-file',
            what: `Environment ${environment}: ${path} is a folder, not a snapshot.`,
            where: [where],
            fix: 'Name a file in it.',
          }),
    )
  }
  return found
}
