import { parseReference, printReference } from '../../core/images/reference.ts'
import type { ImageReference } from '../../core/images/reference.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { Site } from '../../core/records.ts'

type Images = Pick<Site['images'], 'harbor' | 'projects' | 'hosted'>

/** What stands in place of a registry: Harbor's host, and the project there; `already` where it is Harbor's name itself. */
export type InHarbor = { already: true } | { already: false; harbor: string; project: string }

export const malformed = (text: string, why: string): Outcome<never> =>
  bad([
    problem({
      code: 'rewrite/malformed-image',
      what: `"${text}" is not an image reference: ${why}.`,
      why: 'No node could pull it.',
      fix: 'Correct the image in the values of the release.',
    }),
  ])

/**
 * The Harbor project for a registry. A name that Harbor serves already (exact host, and a known project) is left as it is, so rewriting
 * twice changes nothing. `path` is what follows the registry, or '' where nothing is known of it.
 */
export const inHarbor = (
  text: string,
  { registry, path }: { registry: string; path: string },
  { harbor, projects, hosted = [] }: Images,
): Outcome<InHarbor> => {
  const own = [...Object.values(projects), ...hosted]
  const isProject = own.some((one) => path === one || path.startsWith(`${one}/`))
  if (registry === harbor && isProject) return good({ already: true })
  const project = Object.hasOwn(projects, registry) ? projects[registry] : undefined
  if (project !== undefined) return good({ already: false, harbor, project })
  if (registry === harbor)
    return bad([
      problem({
        code: 'rewrite/unknown-project',
        what: `"${text}" names a project of Harbor that the site has not.`,
        why: 'Nobody says that Harbor has it.',
        fix: `Correct the name, or declare the project under harbor.hosted in releases/site.yaml; it has ${own.join(', ')}.`,
      }),
    ])
  const known = Object.keys(projects).join(', ')
  return bad([
    problem({
      code: 'rewrite/unmapped-registry',
      what: `"${text}" comes from ${registry}, for which the site has no Harbor project.`,
      why: 'Behind the air gap nothing could pull it.',
      fix: `Add "${registry}: PROJECT" to images.projects in releases/site.yaml${known === '' ? '' : `, or use an image from ${known}`}.`,
    }),
  ])
}

/** The reference itself with the digest that it is pinned to; names stay where the nodes rewrite them. */
export const pinnedName = (text: string, pin: (reference: ImageReference) => string | undefined): string => {
  const reference = parseReference(text)
  if ('malformed' in reference || reference.digest !== undefined) return text
  const digest = pin(reference)
  return digest === undefined ? text : `${text}@${digest}`
}

/** The name under which Harbor serves a reference: `HARBOR/PROJECT/PATH[:tag][@digest]`. */
export const harborName = (
  text: string,
  images: Images,
  pin: (reference: ImageReference) => string | undefined = () => undefined,
): Outcome<string> => {
  const reference = parseReference(text)
  if ('malformed' in reference) return malformed(text, reference.malformed)
  const place = inHarbor(text, reference, images)
  if (!place.ok) return place
  if (place.value.already) return good(pinnedName(text, pin))
  const { harbor, project } = place.value
  const digest = reference.digest ?? pin(reference)
  return good(
    printReference({
      ...reference,
      registry: harbor,
      path: `${project}/${reference.path}`,
      ...(digest !== undefined && { digest }),
    }),
  )
}
