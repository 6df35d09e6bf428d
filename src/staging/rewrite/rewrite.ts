import { findImages } from '../../core/images/find.ts'
import type { FoundImage } from '../../core/images/find.ts'
import { parseReference, printReference } from '../../core/images/reference.ts'
import type { KubeObject } from '../../core/object.ts'
import { pointerOf, replaceAt } from '../../core/pointer.ts'
import { all, bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import type {
  ImageUse,
  RenderedObject,
  RenderedRelease,
  RewrittenRelease,
  SetOf,
  Site,
} from '../../core/records.ts'

/**
 * The name under which Harbor serves an image: `HARBOR/PROJECT/PATH[:tag][@digest]`. A name that Harbor serves already
 * is left as it is, so rewriting twice changes nothing. In mode `mirror` the nodes do this, and names stay.
 */
const harborName = (text: string, images: Site['images']): Outcome<string> => {
  const reference = parseReference(text)
  if ('malformed' in reference)
    return bad([
      problem({
        code: 'rewrite/malformed-image',
        what: `"${text}" is not an image reference: ${reference.malformed}.`,
        why: 'No node could pull it.',
        fix: 'Correct the image in the values of the release.',
      }),
    ])
  const rewritten =
    reference.registry === images.harbor &&
    Object.values(images.projects).some((project) => reference.path.startsWith(`${project}/`))
  if (rewritten) return good(text)
  const project = Object.hasOwn(images.projects, reference.registry)
    ? images.projects[reference.registry]
    : undefined
  const known = Object.keys(images.projects).join(', ')
  if (project === undefined)
    return bad([
      problem({
        code: 'rewrite/unmapped-registry',
        what: `"${text}" comes from ${reference.registry}, for which the site has no Harbor project.`,
        why: 'Behind the air gap nothing could pull it.',
        fix: `Add "${reference.registry}: PROJECT" to images.projects in releases/site.yaml${known === '' ? '' : `, or use an image from ${known}`}.`,
      }),
    ])
  if (images.mode === 'mirror') return good(text)
  return good(printReference({ ...reference, registry: images.harbor, path: `${project}/${reference.path}` }))
}

type Use = FoundImage & ImageUse

const useOf = (
  rendered: RenderedObject,
  found: FoundImage,
  release: string,
  images: Site['images'],
): Outcome<Use> => {
  const pointer = pointerOf(found.path)
  const outcome = harborName(found.text, images)
  if (outcome.ok)
    return good({ ...found, object: rendered.id, pointer, original: found.text, rewritten: outcome.value })
  const [first] = outcome.problems
  const { template, line } = rendered.origin
  return bad([{ ...first, where: [{ in: 'object', object: rendered.id, release, pointer, template, line }] }])
}

/** So many places of one image are named; the others are counted. */
const mostPlaces = 5

/** One problem an image, with the places where it stands: a registry that is not mapped is often in every object of a release. */
const foldPlaces = (found: Problems): Problems =>
  [...Map.groupBy(found, ({ code, what }) => `${code} ${what}`).values()].map((same) => {
    const [first] = same as Problems
    const more = same.length - mostPlaces
    return {
      ...first,
      what: more > 0 ? `${first.what} It stands in ${same.length} places.` : first.what,
      where: same.slice(0, mostPlaces).flatMap(({ where }) => where),
    }
  }) as Problems

/** Points every image of every pod spec at Harbor. Registries without a project and malformed names are refused, all at once. */
export const rewrite = (set: SetOf<RenderedRelease>): Outcome<SetOf<RewrittenRelease>> => {
  const releases = all(
    set.releases.map((release) => {
      const uses = release.objects.map((rendered) =>
        all(
          findImages(rendered.object).map((found) => useOf(rendered, found, release.name, set.site.images)),
        ),
      )
      const found = all(uses)
      if (!found.ok) return found
      const objects = release.objects.map((rendered, index) => ({
        ...rendered,
        object: (found.value[index] ?? []).reduce<KubeObject>(
          (object, use) => replaceAt(object, use.path, use.rewritten) as KubeObject,
          rendered.object,
        ),
      }))
      const images = found.value
        .flat()
        .map(({ object, pointer, original, rewritten }) => ({ object, pointer, original, rewritten }))
      return good({ ...release, objects, images })
    }),
  )
  return releases.ok ? good({ ...set, releases: releases.value }) : bad(foldPlaces(releases.problems))
}
