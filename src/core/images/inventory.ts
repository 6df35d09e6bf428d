import { keyOf } from '../object.ts'
import type { ObjectId } from '../object.ts'
import type { RewrittenRelease, SetOf } from '../records.ts'
import type { Tier } from './found.ts'

/** Where an image was found, and by which rule. `inner` is the field in the YAML or JSON that the string is. */
export interface ImagePlace {
  environment: string
  release: string
  object: ObjectId
  pointer: string
  inner?: string
  base64?: true
  rule: string
  tier: Tier
  /** As it stands there. */
  text: string
}

/** One image of a site, or a registry that an operator completes: `reference` is then left out. */
export interface InventoryImage {
  name: string
  reference?: string
  rewritten: string
  places: ImagePlace[]
  /** Releases that declare it in images.extra. */
  declaredBy: string[]
}

/** All images of sets, sorted by name, and what nobody has decided on. */
export interface ImageInventory {
  images: InventoryImage[]
  suspects: InventoryImage[]
}

type Named = Pick<InventoryImage, 'name' | 'rewritten'> & { reference?: string | undefined }

/** The images of the sets, each once, with the places of all environments. */
export const inventoryOf = (sets: SetOf<RewrittenRelease>[]): ImageInventory => {
  const images = new Map<string, InventoryImage>()
  const suspects = new Map<string, InventoryImage>()
  const entry = (
    into: Map<string, InventoryImage>,
    { name, reference, rewritten }: Named,
  ): InventoryImage => {
    const key = `${name} ${rewritten}`
    const known = into.get(key) ?? {
      name,
      ...(reference !== undefined && { reference }),
      rewritten,
      places: [],
      declaredBy: [],
    }
    into.set(key, known)
    return known
  }
  for (const { environment, releases } of sets)
    for (const { name: release, images: uses, suspects: undecided = [], declaredImages = [] } of releases) {
      for (const use of [...uses, ...undecided]) {
        const isUse = 'rewritten' in use
        const [{ inner, base64 }] = use.parts
        const named = {
          name: use.reference ?? use.text,
          reference: use.reference,
          rewritten: isUse ? String(use.rewritten) : '',
        }
        entry(isUse ? images : suspects, named).places.push({
          environment,
          release,
          object: use.object,
          pointer: use.pointer,
          ...(inner !== undefined && { inner }),
          ...(base64 && { base64 }),
          rule: use.rule,
          tier: use.tier,
          text: use.text,
        })
      }
      for (const { reference, rewritten } of declaredImages) {
        const { declaredBy } = entry(images, { name: reference, reference, rewritten })
        if (!declaredBy.includes(release)) declaredBy.push(release)
      }
    }
  const sorted = (map: Map<string, InventoryImage>): InventoryImage[] =>
    [...map.keys()].sort().flatMap((key) => map.get(key) ?? [])
  return { images: sorted(images), suspects: sorted(suspects) }
}

/** How many objects an image stands in, whatever the environment. */
export const objectsWith = ({ places }: InventoryImage): number =>
  new Set(places.map(({ release, object }) => `${release} ${keyOf(object)}`)).size
