import type { Json, JsonObject } from '../../../../core/json.ts'
import { groupKindOf } from '../../../../core/object.ts'
import type { ResolvedRelease } from '../../../../core/records.ts'
import { partsOf } from '../../../../core/site-values/recipe.ts'
import type { Place, Recipe, SiteValue } from '../../../../core/site-values/recipe.ts'
import { writeYaml } from '../../../../core/yaml/write.ts'
import type { Proposed } from './draft.ts'

type Entries = [key: string, value: Json][]

/** A map in the order in which people write it. */
const yamlOf = (entries: Entries): string =>
  entries.map(([key, value]) => writeYaml({ [key]: value })).join('')

const indented = (text: string, margin: string): string => text.replaceAll(/^(?=.)/gm, margin)

const nameIn = (id: string, release: string): string =>
  id.startsWith(`${release}/`) ? id.slice(release.length + 1) : id

const recipeEntry = (recipe: Recipe, release: string): [string, Json] => {
  switch (recipe.made) {
    case 'password': {
      const { length, alphabet, base64 } = recipe
      return [
        'password',
        { length, ...(alphabet === 'letters-and-digits' ? {} : { alphabet }), ...(base64 ? { base64 } : {}) },
      ]
    }
    case 'key':
      return ['key', recipe.bits === 2048 ? {} : { bits: recipe.bits }]
    case 'certificate': {
      const { commonName, authority, dnsNames, ipAddresses, days, issuer } = recipe
      const map: JsonObject = { commonName, days }
      if (authority) map['authority'] = true
      if (dnsNames.length > 0) map['dnsNames'] = dnsNames
      if (ipAddresses.length > 0) map['ipAddresses'] = ipAddresses
      if (issuer !== null) map['issuer'] = nameIn(issuer, release)
      return ['certificate', map]
    }
    case 'htpasswd':
      return [
        'htpasswd',
        { ...(recipe.user === null ? {} : { user: recipe.user }), of: nameIn(recipe.of, release) },
      ]
    case 'read':
      return ['secret', { name: recipe.secret, namespace: recipe.namespace, key: recipe.key }]
    case 'supplied':
    case 'sealed':
      return [recipe.made, true]
  }
}

const placeEntries = (
  { object, field, part, after, before }: Place,
  recipe: Recipe,
  release: ResolvedRelease,
): Entries => {
  const entries: Entries = []
  if (field.in === 'secret') entries.push(['secret', object.name])
  else entries.push(['kind', groupKindOf(object)], ['name', object.name])
  if (object.namespace !== '' && object.namespace !== release.namespace)
    entries.push(['namespace', object.namespace])
  entries.push(field.in === 'secret' ? ['key', field.key] : ['pointer', field.pointer])
  const usual = recipe.made === 'key' ? 'key' : partsOf(recipe)[0]
  if (part !== usual) entries.push(['part', part])
  if (after !== '') entries.push(['after', after])
  if (before !== '') entries.push(['before', before])
  return entries
}

const placeText = (place: Place, recipe: Recipe, release: ResolvedRelease): string => {
  const lines = indented(yamlOf(placeEntries(place, recipe, release)), '  ')
  return `- ${lines.slice(2)}`
}

const entryText = ({ siteValue, comment }: Proposed, release: ResolvedRelease): string => {
  const { id, recipe, places } = siteValue
  const [key, value] = recipeEntry(recipe, release.name)
  const at = places.map((place) => placeText(place, recipe, release)).join('')
  const body = `${yamlOf([[key, value]])}${at === '' ? '' : `at:\n${indented(at, '  ')}`}`
  return `${comment === undefined ? '' : `# ${comment}\n`}${nameIn(id, release.name)}:\n${indented(body, '  ')}`
}

/** Site values as they stand in `release.yaml`, from `siteValues:` on. */
export const declarationOf = (proposed: Proposed[], release: ResolvedRelease): string =>
  proposed.length === 0
    ? ''
    : `siteValues:\n${indented(proposed.map((one) => entryText(one, release)).join(''), '  ')}`

/** By its first place: object, then field. */
export const byPlace = (a: { siteValue: SiteValue }, b: { siteValue: SiteValue }): number => {
  const key = ({ siteValue: { places, id } }: { siteValue: SiteValue }): string => {
    const [place] = places
    return place === undefined
      ? id
      : JSON.stringify([place.object.kind !== 'Secret', place.object, place.field, place.after])
  }
  return key(a) < key(b) ? -1 : 1
}
