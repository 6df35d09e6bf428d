import type { Place } from '../../../../core/site-values/recipe.ts'

const longestName = 52

const words = (text: string): string[] =>
  text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')

/** The key that a text around a value ends in: `  password: "`, `"user":"`. */
const keyIn = (after: string): string => /([A-Za-z0-9_.-]+)["']?\s*[:=]\s*["']?$/.exec(after)?.[1] ?? ''

const endings = new Set(['crt', 'pem', 'cert', 'key'])

/**
 * A name for the value at a place, made of the object and the key (`core-secret-key`), at most 52 lower case letters, digits and `-`, and none of `taken`.
 * The name of the release, which most objects bear, is left out; so is, of a pair, what tells its halves apart.
 */
export const nameFor = (
  { object, field, after }: Omit<Place, 'part'>,
  release: string,
  isPair: boolean,
  taken: Set<string>,
): string => {
  const key =
    field.in === 'secret'
      ? field.key
      : (field.pointer.split('/').findLast((step) => !/^\d+$/.test(step)) ?? '')
  const parts = words(key)
  if (isPair) while (parts.length > 1 && endings.has(parts.at(-1)!)) parts.pop()
  const own = object.name.startsWith(`${release}-`) ? object.name.slice(release.length + 1) : object.name
  const all = [...words(own), ...parts, ...words(keyIn(after))]
  const said = all.filter((word, index) => word !== all[index - 1])
  while (said.length > 1 && said.join('-').length > longestName - 3) said.shift()
  const base = said.join('-').slice(0, longestName - 3) || 'value'
  let name = base
  for (let nth = 2; taken.has(name); nth += 1) name = `${base}-${nth}`
  return name
}
