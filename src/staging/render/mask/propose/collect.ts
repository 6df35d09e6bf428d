import { keyOf, idOf } from '../../../../core/object.ts'
import type { KubeObject } from '../../../../core/object.ts'
import type { ResolvedRelease } from '../../../../core/records.ts'
import { placeholderOf } from '../../../../core/site-values/placeholder.ts'
import { isInValues } from '../../../../core/site-values/recipe.ts'
import type { Place } from '../../../../core/site-values/recipe.ts'
import { rewriteText } from '../../../../core/site-values/texts.ts'
import type { Compared, Row } from '../compared.ts'
import { coverText, longestFirst, soughtBy } from '../cover.ts'
import type { Hidden } from '../cover.ts'
import { cutOut } from '../../../../core/site-values/cut.ts'
import type { Difference } from '../differences.ts'
import { declaredId } from '../identity.ts'
import { fieldAt, readField, valueAt } from '../field.ts'
import type { Field } from '../field.ts'
import { bcryptLineOf } from './htpasswd.ts'
import { firstSegment } from './segments.ts'
import { transformOf } from './transforms.ts'
import type { Known } from './transforms.ts'

/** A value that chance made: its text in each render, and where it stands. */
export interface Candidate {
  texts: string[]
  places: Omit<Place, 'part'>[]
  /** The difference that it was found in. */
  from: { row: Row; difference: Difference }
  /** What it is of a text that a values file holds sealed (`of` is its id): the key makes it, chance does not. */
  transformed?: { of: string; words: string }
}

/**
 * A difference that no site value can serve. `transformed`: it is made of a value that is declared (`of` is its id) or of a candidate; the chart got placeholders,
 * and `checksum`: it looks like one, of whatever; `given`: it is the same wherever they are, so of one of them.
 */
export interface Leftover {
  row: Row
  difference: Difference
  transformed?: { of: string | Candidate; words: string } | 'checksum' | 'given'
}

interface Leaf {
  row: Row
  difference: Difference
  field: Field
  /** One a render: as they are, and with placeholders for what is declared. */
  raw: string[]
  masked: string[]
}

const leafOf = (row: Row, difference: Difference): Leaf | undefined => {
  const field = fieldAt(row.raw[0]!, difference.path)
  const texts = (objects: KubeObject[]): string[] =>
    objects.flatMap((object) => {
      const found = field.in === 'secret' ? readField(object, field) : valueAt(object, difference.path)
      return typeof found === 'string' ? [found] : []
    })
  const [raw, masked] = [texts(row.raw), texts(row.masked)]
  const whole = difference.of === 'value' && raw.length === row.raw.length && masked.length === raw.length
  return whole ? { row, difference, field, raw, masked } : undefined
}

/** Secrets first, there what is one word or block before what is more; then by place. */
const rank = ({ field, raw, row }: Leaf): string => {
  const whole = raw.every((text) => /^(?:[^\s:]+|-----BEGIN[^-]+-----[^-]+-----END[^-]+-----)\n*$/.test(text))
  const where = field.in === 'secret' ? field.key : field.pointer
  return `${field.in === 'secret' ? 0 : 1}${whole ? 0 : 1} ${keyOf(idOf(row.raw[0]!))} ${where}`
}

const hidden = (candidates: Candidate[], index: number): Hidden[] =>
  longestFirst(
    candidates.map(({ texts }, nth) => {
      const placeholder = placeholderOf(`candidate ${nth}`, 'value')
      const value = texts[index]!
      return { id: '', part: 'value', placeholder, value, sought: soughtBy(value, false) }
    }),
  )

const knownAs = (candidate: Candidate): Known<Candidate> => ({ is: candidate, texts: candidate.texts })

const isSame = (texts: string[]): boolean => texts.every((text) => text === texts[0])

/** base64 whose end is padded: `=` is a part of it, though it is the same in each render. */
const isPadded = (text: string): boolean =>
  text.endsWith('=') && Buffer.from(text, 'base64').toString('base64') === text

/** More parts than that are rather a list or a program's output. */
const mostParts = 40

/** No checksum is shorter than an MD5, and all are hex. */
const checksumForm = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/

/** What is shorter can be the same by chance. */
const shortestGiven = 6

/** Whether all renders but the first, which have the same placeholders, have the same text. */
const isGiven = ([first, second, ...others]: string[]): boolean =>
  others.length > 0 &&
  first !== second &&
  second !== undefined &&
  second.length >= shortestGiven &&
  others.every((one) => one === second)

/**
 * The values that make the renders differ, each once with its places, and the differences that are not such. `known` are the site values that are declared, by the
 * texts that they have in each render; `placeholders`: the chart got some through its values, and may have made something of them.
 */
export const collect = (
  release: ResolvedRelease,
  { rows }: Compared,
  known: Known<string>[],
  placeholders: boolean,
): { candidates: Candidate[]; left: Leftover[] } => {
  const left: Leftover[] = []
  const leaves: Leaf[] = []
  for (const row of rows)
    for (const difference of row.left) {
      const leaf = leafOf(row, difference)
      if (leaf) leaves.push(leaf)
      else left.push({ row, difference })
    }
  leaves.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  const candidates: Candidate[] = []

  const covered = ({ masked, field }: Leaf): string[] =>
    masked.map((text, index) => {
      const sorted = hidden(candidates, index)
      return rewriteText(text, [], (inner) => coverText(inner, sorted, field.in === 'secret'))
    })
  const add = (leaf: Leaf, texts: string[], around: { after: string; before: string }): void => {
    const place = { object: declaredId(release, leaf.row.raw[0]!), field: leaf.field, ...around }
    const same = candidates.find((one) => one.texts.every((text, index) => text === texts[index]))
    if (same) same.places.push(place)
    else candidates.push({ texts, places: [place], from: { row: leaf.row, difference: leaf.difference } })
  }
  /** What a text is that the chart made of a value that it got, or of another one that differs. */
  const madeOf = (texts: string[]): Leftover['transformed'] =>
    transformOf(texts, known) ??
    transformOf(texts, candidates.map(knownAs)) ??
    (!placeholders
      ? undefined
      : texts.every((text) => checksumForm.test(text))
        ? 'checksum'
        : isGiven(texts)
          ? 'given'
          : undefined)
  const isSealed = (of: string): boolean =>
    release.siteValues.some((value) => value.id === of && isInValues(value))
  const wholeOf = ({ raw }: Leaf): string[] | undefined => {
    const whole = raw.map((text) => cutOut(text, { after: '', before: '' }))
    const values = whole.flatMap((one) => (one === undefined || one === 'unfit' ? [] : [one.value]))
    return values.length === raw.length ? values : undefined
  }
  /** What is made of a sealed text can be kept sealed itself, as the key makes it; of any other value nobody can make it before it is applied. */
  const leave = (leaf: Leaf, transformed: Leftover['transformed']): void => {
    const { row, difference } = leaf
    const texts = wholeOf(leaf)
    if (
      typeof transformed === 'object' &&
      typeof transformed.of === 'string' &&
      isSealed(transformed.of) &&
      texts
    ) {
      const { of, words } = transformed
      const place = { object: declaredId(release, row.raw[0]!), field: leaf.field, after: '', before: '' }
      candidates.push({ texts, places: [place], from: { row, difference }, transformed: { of, words } })
    } else left.push({ row, difference, ...(transformed === undefined ? {} : { transformed }) })
  }
  /** The parts of a field that differ become candidates; false where they cannot be told from the rest; or what one of them is made of. */
  const take = (leaf: Leaf): boolean | NonNullable<Leftover['transformed']> => {
    const taken = new Set<string>()
    const spots = [...leaf.masked]
    for (let part = 0; part < mostParts; part += 1) {
      const texts = covered({ ...leaf, masked: spots })
      if (isSame(texts)) return true
      const segment = firstSegment(leaf.raw, texts)
      if (segment === undefined) break
      const at = JSON.stringify(segment.around)
      if (taken.has(at)) break
      taken.add(at)
      const made = madeOf(segment.values)
      if (made !== undefined) return made
      add(leaf, segment.values, segment.around)
      // A short value is covered here alone.
      for (const [index, value] of segment.values.entries())
        if (soughtBy(value, false) === 'nowhere') {
          const cut = cutOut(spots[index]!, segment.around)
          if (cut !== undefined && cut !== 'unfit')
            spots[index] =
              spots[index]!.slice(0, cut.start) + placeholderOf(at, 'value') + spots[index]!.slice(cut.end)
        }
    }
    return false
  }

  for (const leaf of leaves) {
    const texts = covered(leaf)
    if (isSame(texts)) continue
    const transformed = madeOf(texts)
    if (transformed !== undefined) {
      leave(leaf, transformed)
      continue
    }
    const before = candidates.length
    const isOne =
      texts.every((text) => bcryptLineOf(text.trimEnd()) !== undefined) ||
      leaf.raw.every((text, index) => isPadded(text) && text === texts[index])
    const parts = !isOne && take(leaf)
    if (parts === true) continue
    candidates.length = before
    const values = wholeOf(leaf)
    if (parts !== false) leave(leaf, parts)
    else if (values) add(leaf, values, { after: '', before: '' })
    else leave(leaf, undefined)
  }
  // A checksum can stand before what it is of.
  const others = (one: Candidate): Known<Candidate>[] =>
    candidates.filter((other) => other !== one).map(knownAs)
  const plain = candidates.filter((one) => {
    if (one.transformed) return true
    const transformed = transformOf(one.texts, others(one))
    if (transformed) left.push({ ...one.from, transformed })
    return transformed === undefined
  })
  return { candidates: plain, left }
}
