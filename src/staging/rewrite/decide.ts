import type { FoundImage } from '../../core/images/found.ts'
import { parseReference, printReference } from '../../core/images/reference.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { DeclaredImage, Release, Site } from '../../core/records.ts'

/** The normal form of a reference, or the text itself where it is none. */
const normal = (text: string): string => {
  const reference = parseReference(text)
  return 'malformed' in reference ? text : printReference(reference)
}

/** Entries by the text that they are and by its normal form: a find is looked up by both. */
const named = (entries: string[]): ((found: FoundImage) => string | undefined) => {
  const byText = new Map(entries.map((entry) => [entry, entry]))
  const byReference = new Map(entries.map((entry) => [normal(entry), entry]))
  return ({ text, reference }) =>
    byText.get(text) ?? (reference === undefined ? undefined : byReference.get(reference))
}

/** Whether a name is one of Harbor's own projects: somebody has decided it. */
const isOfHarbor = ({ reference }: FoundImage, { harbor, projects }: Site['images']): boolean =>
  reference !== undefined &&
  Object.values(projects).some((project) => reference.startsWith(`${harbor}/${project}/`))

/** What becomes of a find: it is an image, it is none, or a person has to say. */
type Decision = 'image' | 'ignored' | 'undecided'

/** What people said of images in a release file, and which of it was of use. */
export const decisions = ({ imageDecisions, name, file }: Release, images: Site['images']) => {
  const { extra = [], ignore = [] } = imageDecisions ?? {}
  const ignored = new Set<string>()
  const sure = new Set<string>()
  const isIgnored = named(ignore.map(({ image }) => image))
  const isExtra = named(extra)
  const decide = (found: FoundImage): Decision => {
    const toIgnore = found.tier === 'A' ? undefined : isIgnored(found)
    if (toIgnore !== undefined) {
      ignored.add(toIgnore)
      return 'ignored'
    }
    const declared = isExtra(found)
    if (found.tier === 'C') return declared !== undefined || isOfHarbor(found, images) ? 'image' : 'undecided'
    if (declared !== undefined) sure.add(declared)
    return 'image'
  }
  const where = (key: 'extra' | 'ignore', index: number): Problem['where'] => [
    { in: 'release', release: name, file, path: ['images', key, index] },
  ]
  /** What was said of nothing, once all has been found. */
  const unused = (): Problem[] => [
    ...ignore.flatMap(({ image }, index) =>
      ignored.has(image)
        ? []
        : [
            problem({
              code: 'rewrite/unused-ignore',
              severity: 'warning',
              what: `Release ${name}: images.ignore names "${image}", and nothing that is rendered looks like it.`,
              where: where('ignore', index),
              why: 'It would hide an image of that name later on. The image of a container cannot be ignored.',
              fix: 'Remove it.',
            }),
          ],
    ),
    ...extra.flatMap((image, index) =>
      sure.has(image)
        ? [
            problem({
              code: 'rewrite/needless-extra',
              severity: 'warning',
              what: `Release ${name}: images.extra names "${image}", which is found without it.`,
              where: where('extra', index),
              fix: 'Remove it.',
            }),
          ]
        : [],
    ),
  ]
  return { decide, unused, extra }
}

/** An image that is declared: what it is called, and what it is called in Harbor. */
export const declaredImage = (text: string, rewritten: string): DeclaredImage => ({
  original: text,
  reference: normal(text),
  rewritten,
})
