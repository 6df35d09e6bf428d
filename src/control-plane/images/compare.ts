import type { ImageFault, ImageRun, RunningImage, SetImages } from '../../core/running-images.ts'
import { digestOf, finderOf, harborOf, registryOf, repositoryOf } from './declared.ts'
import type { DeclaredImage, Match } from './declared.ts'
import { parseReference } from '../../core/images/reference.ts'

const sameRepository = (repository: string, image: string): boolean => {
  const [one, other] = [parseReference(repository), parseReference(image)]
  return !('malformed' in one) && !('malformed' in other) && repositoryOf(one) === repositoryOf(other)
}

/**
 * The digests that run in place of the pinned one: that of the name itself, and those that nodes have told. A node that has one image under two
 * names may tell the digest of the other name, so that only what is said of the same repository counts.
 */
const otherDigests = (image: string, pinned: string, runs: ImageRun[]): string[] => {
  const own = digestOf(image)
  const told = runs.filter(
    ({ digest, repository }) => digest !== '' && (repository === '' || sameRepository(repository, image)),
  )
  const all = [...(own === undefined ? [] : [own]), ...told.map(({ digest }) => digest)]
  return Array.from(new Set(all))
    .filter((digest) => digest !== pinned)
    .sort()
}

const judge = (
  image: string,
  runs: ImageRun[],
  match: Match | undefined,
  harbor: string | null,
): RunningImage => {
  const faults: ImageFault[] = []
  if (match === undefined) faults.push('stranger')
  if (harbor !== null && registryOf(image) !== harbor) faults.push('outside')
  const pinned = match?.pinned
  const found = pinned === undefined ? [] : otherDigests(image, pinned, runs)
  if (found.length > 0) faults.push('digest')
  return {
    image,
    faults,
    ...(match && { declared: match.declared.original }),
    ...(pinned !== undefined && found.length > 0 && { pinned, found }),
    runs: runs.map(({ pod, place, owners, ofSet }) => ({ pod, place, owners, ofSet })),
  }
}

const order = ({ image, faults }: RunningImage): string => `${faults.length > 0 ? 0 : 1} ${image}`

/** Holds what runs against what was declared. Pure. */
export const compareImages = (
  declared: DeclaredImage[],
  runs: ImageRun[],
): Pick<SetImages, 'harbor' | 'images' | 'missing'> => {
  const find = finderOf(declared)
  const harbor = harborOf(declared)
  const seen = new Set<DeclaredImage>()
  const images = Array.from(Map.groupBy(runs, ({ image }) => image)).map(([image, same]) => {
    const match = find(image)
    if (match) seen.add(match.declared)
    return judge(image, same, match, harbor)
  })
  return {
    harbor,
    images: images.sort((a, b) => (order(a) < order(b) ? -1 : 1)),
    missing: declared.filter((one) => !seen.has(one)),
  }
}
