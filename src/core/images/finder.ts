import type { JsonObject } from '../json.ts'
import type { Path } from '../pointer.ts'
import type { FoundImage, Role, Tier } from './found.ts'
import type { IsRegistry } from './registries.ts'

/** One string of what was found: the way to it from the map (or nothing, in a text), and where in it, if it is not all of it. */
export interface HitPart {
  role: Role
  at: Path
  text: string
  span?: [start: number, end: number]
  /** The way to it inside of the YAML or JSON that the string is. */
  inner?: string
}

/** What a finder found. `tier` and `form` are the finder's own and `reference` where they are left out. */
export interface Hit {
  tier?: Tier
  form?: FoundImage['form']
  /** Of a map: the reference as the operator makes it of the parts, where it is known whole. */
  whole?: { text: string; reference?: string }
  parts: [HitPart, ...HitPart[]]
}

/** Where a finder is asked. */
export interface Here {
  /** `object`: of a built-in kind; `custom`: a custom resource; `text`: the YAML or JSON that a string holds. */
  scope: 'object' | 'custom' | 'text'
  /** The kind of the object, or of the document in the text. */
  group: string
  kind: string
  /** The way to the map or the text; one list for all, to be copied where it is kept. */
  path: Path
  isRegistry: IsRegistry
}

/** The last key on the way, past indices of lists. */
export const keyOf = ({ path }: Pick<Here, 'path'>): string => {
  for (let index = path.length - 1; index >= 0; index -= 1) {
    const step = path[index]
    if (typeof step === 'string') return step
  }
  return ''
}

/**
 * A way in which images are written. Asked for each map, or for each text, of each object; a string that one finder has claimed is not
 * given to those after it.
 */
export interface Finder {
  id: string
  tier: Tier
  /** What it finds, in one sentence, for docs/images.md and `--why`. */
  finds: string
  inMap?(map: JsonObject, here: Here): Hit[]
  inText?(text: string, here: Here): Hit[]
}

/** Nothing found: one list for all, as most maps hold no image. */
export const none: Hit[] = []
