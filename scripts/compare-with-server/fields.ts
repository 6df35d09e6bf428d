import { canonicalJson, isObject } from '../../src/core/json.ts'
import type { Json } from '../../src/core/json.ts'
import type { Path } from '../../src/core/pointer.ts'

/** A place in an object at which not all three renders say the same; undefined where one has no such place. */
export interface Field {
  path: Path
  ours: Json | undefined
  /** What the server's two renders hold there. */
  theirs: [Json | undefined, Json | undefined]
  /** Whether the server's renders say the same. */
  steady: boolean
}

const same = (a: Json | undefined, b: Json | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b))

/** Every place at which our object or the server's two differ, as deep as all three have it; lists item by item. */
export const differingFields = (
  ours: Json | undefined,
  theirs: Field['theirs'],
  path: Path = [],
): Field[] => {
  const [first, second] = theirs
  if (isObject(ours) && isObject(first) && isObject(second)) {
    const keys = new Set([ours, first, second].flatMap((map) => Object.keys(map)))
    return Array.from(keys)
      .sort()
      .flatMap((key) => {
        const [mine, ...two] = [ours, first, second].map((map) =>
          Object.hasOwn(map, key) ? map[key] : undefined,
        )
        return differingFields(mine, two as Field['theirs'], [...path, key])
      })
  }
  if (Array.isArray(ours) && Array.isArray(first) && Array.isArray(second))
    return Array.from({ length: Math.max(ours.length, first.length, second.length) }, (_, index) =>
      differingFields(ours[index], [first[index], second[index]], [...path, index]),
    ).flat()
  const steady = same(first, second)
  return steady && same(ours, first) ? [] : [{ path, ours, theirs, steady }]
}
