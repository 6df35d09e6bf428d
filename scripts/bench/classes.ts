import { forgetful } from '../../src/core/effects/memory.ts'
import { declare } from '../../src/staging/declare/declare.ts'
import { resolve } from '../../src/staging/resolve/resolve.ts'
import { asks, diceOf, scanRelease } from '../../src/staging/render/scan-release.ts'
import type { Outcome } from '../../src/core/problem.ts'
import type { ResolvedRelease } from '../../src/core/records.ts'
import { openFiles } from '../../src/system/files.ts'
import { openHelm } from '../../src/system/helm.ts'
import { findHelm } from '../../src/system/helm-program.ts'

const opened = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(outcome.problems.map(({ what }) => what).join('\n'))
  return outcome.value
}

export type Class = 'quiet' | 'asking' | 'random'

interface ClassedRelease {
  release: ResolvedRelease
  class: Class
  bringsCrds: boolean
}

export interface KnownSite {
  /** The program of the helm that the site locks. */
  helm: string
  kubernetes: string
  releases: ClassedRelease[]
}

/** The releases of a site, and what each one's chart asks, rolls and brings, as scout itself sees it. */
export const knowSite = async (site: string, environment: string): Promise<KnownSite> => {
  const files = openFiles(site)
  const declared = opened(await declare({ environment }, { files }))
  const version = declared.lock.helm
  const helm = opened(await openHelm(site, version))
  const set = opened(await resolve(declared, { files, helm }))
  const releases = await Promise.all(
    set.releases.map(async (release): Promise<ClassedRelease> => {
      const scan = await scanRelease(release, { files, memory: forgetful })
      const rolls = diceOf(scan).any || Object.keys(release.tokens).length > 0
      return { release, class: rolls ? 'random' : asks(scan) ? 'asking' : 'quiet', bringsCrds: scan.brings }
    }),
  )
  const program = opened(await findHelm(version, process.env))
  return { helm: program, kubernetes: `${set.site.target.kubernetes}.0`, releases }
}
