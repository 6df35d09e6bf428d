import type { ReadFiles } from '../../core/effects/files.ts'
import type { SiteFile } from '../../core/declared.generated.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import { suggest } from '../../core/suggest.ts'
import { readChecked } from './read-file.ts'
import type { DeclaredRelease } from './release.ts'
import { siteFile } from './site.ts'

const fix = (environment: string, known: string[]): string => {
  const near = suggest(environment, known)
  return near === undefined
    ? `Use one of ${known.map((name) => `\`${name}\``).join(', ')}, or add it to ${siteFile}.`
    : `Did you mean \`${near}\`?`
}

/** An environment that was asked for and that the site does not have: wrong usage. */
export const unknownEnvironment = (environment: string, known: string[]): Problem =>
  problem({
    code: 'declare/unknown-environment',
    fault: 'usage',
    what: `The site has no environment \`${environment}\`.`,
    where: [{ in: 'file', file: siteFile }],
    fix: fix(environment, known),
  })

/** Overlays for environments that the site does not have: they would never be used. */
export const checkOverlays = ({ name, declared, content }: DeclaredRelease, known: string[]): Problem[] =>
  Object.keys(content.environments ?? {})
    .filter((environment) => !known.includes(environment))
    .map((environment) =>
      problem({
        code: 'declare/unknown-environment',
        what: `Release ${name}: the site has no environment \`${environment}\`.`,
        where: [declared.at(['environments', environment], 'key')],
        fix: fix(environment, known),
      }),
    )

/** The names of all environments of the site, sorted. Only the site file is read, and only its problems are told. */
export const environmentsOf = async ({ files }: { files: ReadFiles }): Promise<Outcome<string[]>> => {
  const { checked, problems } = await readChecked<SiteFile>(files, siteFile, 'site', 'Site')
  if (checked === undefined || problems.length > 0) return bad(problems as Problems)
  return good(Object.keys(checked.content.environments).sort())
}
