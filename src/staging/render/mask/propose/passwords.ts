import { isObject } from '../../../../core/json.ts'
import { idOf, keyOf } from '../../../../core/object.ts'
import type { KubeObject } from '../../../../core/object.ts'
import type { ResolvedRelease } from '../../../../core/records.ts'
import { placeholderOf } from '../../../../core/site-values/placeholder.ts'
import { isPassword } from '../../../../core/site-values/recipe.ts'
import type { Place } from '../../../../core/site-values/recipe.ts'
import { declaredId } from '../identity.ts'
import { fieldAt, readField } from '../field.ts'
import { isOpen, siteValueOf } from './draft.ts'
import type { Drafts, Proposed } from './draft.ts'
import { bcryptLineOf, hashOf } from './htpasswd.ts'
import { passwordLike } from './password.ts'

/** Passwords, tokens and what else is a row of letters; the rest, hashes apart, is to be sealed. */
export const settlePasswords = ({ all, settle, seal }: Drafts): void => {
  for (const draft of all) {
    if (!isOpen(draft) || bcryptLineOf(draft.value)) continue
    const recipe = passwordLike(draft.candidate.texts)
    if (recipe) settle(draft, recipe, 'value')
    else seal(draft, 'No recipe makes a text like this one.')
  }
}

interface Fixed {
  place: Omit<Place, 'part'>
  text: string
}

/** The texts of one line in the Secrets of a release, each with its place, those first whose key says password. */
const fixedTexts = (release: ResolvedRelease, objects: KubeObject[]): Fixed[] =>
  objects
    .filter(({ kind, apiVersion }) => kind === 'Secret' && apiVersion === 'v1')
    .toSorted((a, b) => (keyOf(idOf(a)) < keyOf(idOf(b)) ? -1 : 1))
    .flatMap((object) =>
      ['data', 'stringData'].flatMap((map) => {
        const keys = isObject(object[map]) ? Object.keys(object[map]).sort() : []
        return keys.flatMap((key) => {
          const field = fieldAt(object, [map, key])
          const text = readField(object, field) ?? ''
          const place = { object: declaredId(release, object), field, after: '', before: '' }
          return text.length < 4 || /[\n:]/.test(text) ? [] : [{ place, text, key }]
        })
      }),
    )
    .sort((a, b) => Number(/pass/i.test(b.key)) - Number(/pass/i.test(a.key)))

const usual = { made: 'password', length: 24, alphabet: 'letters-and-digits', base64: false } as const

/**
 * bcrypt hashes, by trying all passwords at hand: those that chance made, those that the chart got as placeholders, and those of its Secrets that are the
 * same at each render. Gives the last as site values too, as a hash can only be made of one.
 */
export const settleHashes = (
  { all, idFor, settle, seal }: Drafts,
  release: ResolvedRelease,
  objects: KubeObject[],
): Proposed[] => {
  const open = all.filter(isOpen)
  if (open.length === 0) return []
  const named = all.flatMap((draft) => {
    const siteValue = siteValueOf(draft)
    return siteValue && isPassword(siteValue.recipe) ? [{ id: siteValue.id, text: draft.value }] : []
  })
  const given = Object.values(release.tokens).map(({ id, part }) => ({ id, text: placeholderOf(id, part) }))
  const passwords: ({ id: string; text: string } | Fixed)[] = [
    ...named,
    ...given,
    ...fixedTexts(release, objects),
  ]
  const fixed: Proposed[] = []
  for (const draft of open) {
    const line = bcryptLineOf(draft.value)
    const found = line && hashOf(line.hash, passwords)
    if (line === undefined || found === undefined) {
      seal(draft, 'A bcrypt hash, but of no password that is rendered.')
      continue
    }
    let of = 'id' in found ? found.id : ''
    if ('place' in found) {
      of = idFor(found.place)
      const recipe = passwordLike([found.text]) ?? {
        ...usual,
        length: Math.max(usual.length, found.text.length),
      }
      fixed.push({
        siteValue: { id: of, recipe, places: [{ ...found.place, part: 'value' }] },
        comment:
          'The same at each render, so it stands in the chart or its values, in clear: this makes another.',
      })
      passwords.unshift({ id: of, text: found.text })
    }
    settle(draft, { made: 'htpasswd', user: line.user, of }, 'value')
  }
  return fixed
}
