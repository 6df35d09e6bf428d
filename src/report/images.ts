import { finders } from '../core/images/find.ts'
import { objectsWith } from '../core/images/inventory.ts'
import type { ImageInventory, ImagePlace, InventoryImage } from '../core/images/inventory.ts'
import { parseReference } from '../core/images/reference.ts'
import { nameOf } from '../core/object.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'
import { visible } from './visible.ts'

const rules = (image: InventoryImage): string =>
  [
    ...new Set(image.places.map(({ rule }) => rule)),
    ...(image.declaredBy.length > 0 ? ['declared'] : []),
  ].join(', ')

const columns = (rows: string[][]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

const briefly = (name: string): string => name.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…')

/** `PROJECT` of `HARBOR/PROJECT/…`; nothing where the name stays as it is. */
const projectOf = ({ name, rewritten }: InventoryImage): string =>
  rewritten === name ? '' : (rewritten.split('/')[1] ?? '')

/** A table of all images: what they are, in which project of Harbor, in how many objects they stand, found by which rules. */
export const describeImages = ({ images, suspects }: ImageInventory, paint: Paint): string => {
  const head = ['IMAGE', 'PROJECT', 'OBJECTS', 'FOUND BY']
  const rows = images.map((image) => [
    `${briefly(image.name)}${image.reference === undefined ? ' (its operator says the rest)' : ''}`,
    projectOf(image),
    String(objectsWith(image)),
    rules(image),
  ])
  const [first = '', ...lines] = columns([head, ...rows].map((row) => row.map((cell) => visible(cell))))
  const undecided = suspects.map(
    (image) => `  ${paint.yellow('?')} ${visible(image.name)}  in ${counted(objectsWith(image), 'object')}`,
  )
  return [
    paint.bold(first),
    ...lines,
    '',
    counted(images.length, 'image'),
    ...(suspects.length === 0
      ? []
      : [
          `${counted(suspects.length, 'suspect')} that nobody has decided on (docs/images.md):`,
          ...undecided,
        ]),
    '',
  ].join('\n')
}

const wayTo = ({ pointer, inner, base64 }: ImagePlace): string =>
  `${pointer}${base64 ? ' (base64)' : ''}${inner === undefined ? '' : ` in its text: ${inner}`}`

/** Where images stand, and which rule found them there. */
export const describeWhy = (images: InventoryImage[], paint: Paint): string => {
  const found = new Map(finders.map(({ id, finds }) => [id, finds]))
  return images
    .map((image) => {
      const places = [...Map.groupBy(image.places, ({ rule, tier }) => `${tier} ${rule}`).values()].flatMap(
        (same) => [
          `  by ${same[0]?.rule} (${same[0]?.tier}): ${found.get(same[0]?.rule ?? '') ?? ''}`,
          ...same.map(
            (place) =>
              `    ${place.environment}: ${place.release}: ${visible(nameOf(place.object))} ${visible(wayTo(place))}${place.text === image.name ? '' : `, written ${visible(place.text)}`}`,
          ),
        ],
      )
      return [
        paint.bold(visible(image.name)),
        ...(image.rewritten === ''
          ? ['  nobody has decided on it']
          : [`  becomes ${visible(image.rewritten)}`]),
        ...places,
        ...image.declaredBy.map((release) => `  declared in images.extra of ${release}`),
        '',
      ].join('\n')
    })
    .join('\n')
}

/** One name a line, sorted, of those that can be pulled: as nodes pull them, or as they are called upstream. */
export const plainImages = ({ images }: ImageInventory, upstream: boolean): string =>
  [
    ...new Set(
      images.flatMap(({ reference, rewritten }) => {
        if (reference === undefined) return []
        if (upstream) return [reference]
        const parsed = parseReference(rewritten)
        return 'malformed' in parsed ? [] : [rewritten]
      }),
    ),
  ]
    .sort()
    .map((name) => `${name}\n`)
    .join('')
