import type { SiteFile } from '../../core/declared.generated.ts'
import type { ReadFiles } from '../../core/effects/files.ts'
import { bad, good } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import type { Site } from '../../core/records.ts'
import { readChecked } from './read-file.ts'
import { siteFile, siteOf } from './site.ts'

/** The site alone, for what asks nothing of its releases. Only the site file is read, and only its problems are told. */
export const readSite = async ({ files }: { files: ReadFiles }): Promise<Outcome<Site>> => {
  const { checked, problems } = await readChecked<SiteFile>(files, siteFile, 'site', 'Site')
  if (checked === undefined || problems.length > 0) return bad(problems as Problems)
  return good(siteOf(checked))
}
