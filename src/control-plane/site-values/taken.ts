import type { Parts } from '../../core/effects/maker.ts'
import { isObject } from '../../core/json.ts'
import { keyOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { cutOut } from '../../core/site-values/cut.ts'
import { holdsPlaceholder } from '../../core/site-values/placeholder.ts'
import type { Place, SiteValue } from '../../core/site-values/recipe.ts'
import { utf8Text } from '../../core/utf-8.ts'

/** The text of one key of a Secret; undefined where it is not there or is no text. */
export const secretText = (secret: KubeObject | undefined, key: string): string | undefined => {
  const data = secret?.['data']
  const encoded = isObject(data) && Object.hasOwn(data, key) ? data[key] : undefined
  return typeof encoded === 'string' ? utf8Text(Buffer.from(encoded, 'base64')) : undefined
}

/** What lies at the places of a value on the cluster. */
export interface Found {
  parts: Parts
  /** `Secret shop/web, key password` */
  from: string
  /** Places that hold another text than the first of their part. */
  differ: string[]
}

const nameOfPlace = ({ object }: Place, key: string): string =>
  `Secret ${object.namespace}/${object.name}, key ${key}`

/** The parts of a value at its places in live Secrets (by key of the object); undefined where none of them is there. Pure. */
export const foundAt = ({ places }: SiteValue, secrets: Map<string, KubeObject>): Found | undefined => {
  const found: Found = { parts: {}, from: '', differ: [] }
  for (const place of places) {
    if (place.field.in !== 'secret') continue
    const { key } = place.field
    const whole = secretText(secrets.get(keyOf(place.object)), key)
    const cut = whole === undefined ? undefined : cutOut(whole, place)
    if (cut === undefined || cut === 'unfit' || holdsPlaceholder(cut.value)) continue
    const text = cut.value
    const before = found.parts[place.part]
    if (before !== undefined) {
      if (before !== text) found.differ.push(nameOfPlace(place, key))
      continue
    }
    found.parts[place.part] = text
    found.from = [found.from, nameOfPlace(place, key)].filter((one) => one !== '').join(' and ')
  }
  return found.from === '' ? undefined : found
}
