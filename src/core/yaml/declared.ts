import { isObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import { pointerOf } from '../pointer.ts'
import type { Path } from '../pointer.ts'
import { problem } from '../problem.ts'
import type { Problem, Where } from '../problem.ts'
import { composeYaml } from './compose.ts'
import { placeNodes } from './placed.ts'
import type { Placed } from './placed.ts'
import { readSource } from './source.ts'
import type { Source } from './source.ts'

/** A place in a file that a person wrote. */
type FilePlace = Where & { in: 'file' }

/** A map that a person wrote, and where each part of it stands. */
export interface DeclaredFile {
  /** The path from the site's root. */
  file: string
  value: JsonObject
  /** Where the value at `path` stands, or the key that names it; where there is no such part, the nearest one around it. */
  at(path: Path, part?: 'key' | 'value'): FilePlace
}

/** What could be read, and every problem found; a map with a key twice is both. */
export interface DeclaredReading {
  declared?: DeclaredFile
  problems: Problem[]
}

/** Nobody writes more by hand; with every position kept, 10 MB would cost some seconds and a gigabyte. */
const mostBytes = 1024 * 1024

const refuse = (slug: string, what: string, where: FilePlace, fix: string): DeclaredReading => ({
  problems: [problem({ code: `declare/${slug}`, what, where: [where], fix })],
})

const placeOf =
  (source: Source, { places }: Placed): DeclaredFile['at'] =>
  (path, part = 'value') => {
    for (let length = path.length; length > 0; length -= 1) {
      const place = places.get(pointerOf(path.slice(0, length)))
      if (place === undefined) continue
      return source.at(part === 'key' || length < path.length ? (place.key ?? place.value) : place.value)
    }
    return { in: 'file', file: source.file }
  }

/**
 * Reads a YAML file that people write and we alone read: one document, a map, at most 1 MiB, no key twice. Scalars mean what they mean
 * to Kubernetes. Every problem has code `declare/…` and says file, line and column; after a syntax error nothing more is said.
 */
export const readDeclared = (file: string, bytes: Uint8Array): DeclaredReading => {
  if (bytes.length > mostBytes)
    return refuse(
      'too-large',
      `${file} has ${bytes.length} bytes; at most ${mostBytes} are read.`,
      { in: 'file', file },
      'Move large values to a file of their own and name it in valuesFiles.',
    )
  const source = readSource(file, bytes)
  if (!source.ok) return { problems: source.problems }
  const documents = composeYaml(source.value)
  if (!documents.ok) return { problems: documents.problems }
  const [first, second] = documents.value
  if (second !== undefined) {
    const from = second.range[0]
    return refuse(
      'several-documents',
      `${file} holds ${documents.value.length} documents.`,
      source.value.at([from, from + 3]),
      'Keep one, and remove the line ---.',
    )
  }
  const root = first?.contents
  const empty = refuse('empty-file', `${file} is empty.`, { in: 'file', file }, 'Write it, or remove it.')
  if (root === null || root === undefined) return empty
  const placed = placeNodes(source.value, root)
  const { value, problems } = placed
  if (value === undefined) return { problems }
  if (value === null) return empty
  if (!isObject(value))
    return refuse(
      'not-a-map',
      `${file} is ${Array.isArray(value) ? 'a list' : 'one value'}, not a map of keys.`,
      source.value.at([root.range[0], root.range[1]]),
      'Write keys, such as `namespace: shop`.',
    )
  return { declared: { file, value, at: placeOf(source.value, placed) }, problems }
}
