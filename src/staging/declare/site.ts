import type { LockFile, SiteFile } from '../../core/declared.generated.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { Lock, Site } from '../../core/records.ts'
import { suggest } from '../../core/suggest.ts'
import { everywhere } from './overlay.ts'
import type { Checked } from './read-file.ts'
import { fromRoot } from './release.ts'
import type { DeclaredRelease } from './release.ts'

export const siteFile = 'releases/site.yaml'
export const lockFile = 'releases/lock.yaml'

/** Who can open what is kept sealed for an environment: the site's own recipients, and those of the environment. */
export const recipientsIn = ({ sealing, environments }: Partial<SiteFile>, environment: string): string[] => [
  ...new Set([...(sealing?.recipients ?? []), ...(environments?.[environment]?.sealing?.recipients ?? [])]),
]

const imagesOf = ({ images: { finders, mode = 'harbor', ...images }, harbor }: SiteFile): Site['images'] => ({
  ...images,
  mode,
  ...(harbor?.hosted !== undefined && { hosted: Object.keys(harbor.hosted).sort() }),
  ...(finders !== undefined && {
    finders: finders.map((rule) => ({ ...rule, form: rule.form ?? 'reference' })),
  }),
})

/** The record of a site file, defaults filled in. */
export const siteOf = ({ content }: Checked<SiteFile>): Site => ({
  file: siteFile,
  name: content.name,
  target: content.target,
  images: imagesOf(content),
  environments: Object.fromEntries(
    Object.entries(content.environments).map(([name, { cluster, snapshot }]) => {
      const recipients = recipientsIn(content, name)
      return [
        name,
        {
          cluster,
          ...(snapshot !== undefined && { snapshot: fromRoot('releases', snapshot) }),
          ...(recipients.length > 0 && { recipients }),
        },
      ]
    }),
  ),
  namespaces: Object.fromEntries(
    Object.entries(content.namespaces ?? {}).map(([name, { labels = {}, annotations = {} }]) => [
      name,
      { labels, annotations },
    ]),
  ),
})

/** The record of a lock file. */
export const lockOf = ({ content }: Checked<LockFile>): Lock => ({
  file: lockFile,
  helm: content.helm,
  charts: content.charts ?? {},
  images: content.images ?? {},
})

/**
 * A namespace of the site in which no release lives, while one lives in a namespace of nearly that name that the site does not have:
 * its labels, such as those of pod security, would go to the wrong one. Other unused namespaces may be meant so.
 */
export const checkNamespaces = (
  { declared, content }: Checked<SiteFile>,
  releases: DeclaredRelease[],
): Problem[] => {
  const listed = Object.keys(content.namespaces ?? {})
  const used = new Set(
    releases.flatMap((release) => everywhere(release.content, 'namespace').map(({ value }) => value)),
  )
  const unlisted = [...used].filter((name) => !listed.includes(name))
  return listed.flatMap((name) => {
    const near = used.has(name) ? undefined : suggest(name, unlisted)
    if (near === undefined) return []
    return problem({
      code: 'declare/unused-namespace',
      severity: 'warning',
      what: `Site: no release lives in the namespace \`${name}\`.`,
      where: [declared.at(['namespaces', name], 'key')],
      why: `The namespace \`${near}\` gets none of its labels.`,
      fix: `Did you mean \`${near}\`?`,
    })
  })
}
