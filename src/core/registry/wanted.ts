import type { RegistryPlace } from '../effects/registry.ts'
import { parseReference } from '../images/reference.ts'
import type { ImageReference } from '../images/reference.ts'
import type { Where } from '../problem.ts'
import type { RewrittenRelease, SetOf, Site } from '../records.ts'
import { lockName } from './lock.ts'

/** An image that a set needs, once, with the places that need it. */
export interface WantedImage {
  /** The name by which the images of a set are told apart. */
  name: string
  reference: ImageReference
  where: Where[]
}

/** So many places of one image are named. */
const mostPlaces = 5

interface Named {
  /** As a node pulls it; undefined where only an operator knows all of it. */
  reference?: string
  rewritten: string
}

const imagesOf = (
  sets: SetOf<RewrittenRelease>[],
  nameOf: (image: Named) => Pick<WantedImage, 'name' | 'reference'> | undefined,
): WantedImage[] => {
  const wanted = new Map<string, WantedImage>()
  const add = (image: Named, where: Where): void => {
    const named = nameOf(image)
    if (named === undefined) return
    const known = wanted.get(named.name) ?? { ...named, where: [] }
    // A release looks the same in most environments.
    if (
      known.where.length < mostPlaces &&
      !known.where.some((one) => JSON.stringify(one) === JSON.stringify(where))
    )
      known.where.push(where)
    wanted.set(named.name, known)
  }
  for (const { releases } of sets)
    for (const { name: release, file, images, declaredImages = [] } of releases) {
      for (const use of images)
        if (use.reference !== undefined)
          add(use, { in: 'object', object: use.object, release, pointer: use.pointer })
      for (const image of declaredImages)
        add(image, { in: 'release', release, file, path: ['images', 'extra'] })
    }
  return [...wanted.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

// What is no reference was refused before.
const parsed = (text: string | undefined): ImageReference | undefined => {
  const reference = text === undefined ? undefined : parseReference(text)
  return reference === undefined || 'malformed' in reference ? undefined : reference
}

/** The images of sets that the lock is about, by their names there, once each, sorted; those that name a digest themselves need none. */
export const imagesToLock = (sets: SetOf<RewrittenRelease>[]): WantedImage[] =>
  imagesOf(sets, (image) => {
    const reference = parsed(image.reference)
    const name = reference && lockName(reference)
    return reference && name !== undefined ? { name, reference } : undefined
  })

/** The images of sets as nodes pull them, once each, sorted. */
export const imagesToPull = (sets: SetOf<RewrittenRelease>[]): WantedImage[] =>
  imagesOf(sets, ({ rewritten }) => {
    const reference = parsed(rewritten)
    return reference && { name: rewritten, reference }
  })

/** Names of images that only their operators know whole, once each, sorted: nobody else can pull them. */
export const leftToOperators = (sets: SetOf<RewrittenRelease>[]): string[] => {
  const uses = sets.flatMap(({ releases }) => releases.flatMap(({ images }) => images))
  const names = uses.flatMap(({ reference, rewritten }) => (reference === undefined ? [rewritten] : []))
  return [...new Set(names)].sort()
}

/** `harbor`: where nodes pull from, through the project of the image's registry. `registry`: the image's own registry, past Harbor. */
export type Source = 'harbor' | 'registry'

/** The API of Docker Hub is not at the name that its images have. */
const apiHosts: { [registry: string]: string } = { 'docker.io': 'registry-1.docker.io' }

/** Where an image is asked for: in Harbor's project for its registry, or at the registry itself. */
export const placeOf = (
  { registry, path, tag = 'latest', digest }: ImageReference,
  { harbor, projects }: Site['images'],
  source: Source,
): RegistryPlace => {
  const reference = digest ?? tag
  if (registry === harbor) return { host: harbor, repository: path, reference }
  if (source === 'registry') return { host: apiHosts[registry] ?? registry, repository: path, reference }
  const project = Object.hasOwn(projects, registry) ? projects[registry] : undefined
  // The rewriting refuses it before.
  if (project === undefined) throw new Error(`no project for ${registry}`)
  return { host: harbor, repository: `${project}/${path}`, reference }
}
