import { isObject } from '../json.ts'
import type { Json } from '../json.ts'
import { idOf, nameOf } from '../object.ts'
import type { KubeObject } from '../object.ts'
import { pointerOf } from '../pointer.ts'
import type { Path } from '../pointer.ts'
import { problem, unless } from '../problem.ts'
import type { Outcome, Problem } from '../problem.ts'
import { placeholderForm } from './placeholder.ts'
import { fillTexts } from './texts.ts'
import { writtenAt } from './written.ts'
import type { Filling } from './written.ts'

const unsafe = (object: KubeObject, path: Path, id: string): Problem =>
  problem({
    code: 'apply/unsafe-site-value',
    what: `${nameOf(idOf(object))}: the site value ${id} would stand inside a bigger text at ${pointerOf(path)}, and it holds signs that could break it.`,
    where: [{ in: 'object', object: idOf(object), pointer: pointerOf(path) }],
    why: 'Quotes, colons, line ends and the like mean something in a URL, in YAML and in a script.',
    fix: 'Give it a value of letters, digits and . _ ~ - alone, or let the chart have it as a whole field or on a line of its own.',
  })

const unknown = (object: KubeObject, path: Path, placeholder: string): Problem =>
  problem({
    code: 'apply/unknown-site-value',
    what: `${nameOf(idOf(object))}: nothing is known for the placeholder ${placeholder} at ${pointerOf(path)}.`,
    where: [{ in: 'object', object: idOf(object), pointer: pointerOf(path) }],
    why: 'The placeholder itself would be what runs.',
    fix: 'Render and bundle the site again: the site values of the bundle are not those of its objects.',
  })

const inKey = (object: KubeObject, path: Path): Problem =>
  problem({
    code: 'apply/site-value-in-key',
    what: `${nameOf(idOf(object))}: a site value is the name of a field, below ${pointerOf(path) || '/'}.`,
    where: [{ in: 'object', object: idOf(object), pointer: pointerOf(path) }],
    why: 'Names of fields are seen by everybody; values are never put there.',
    fix: 'Write what stands there into the values, in clear.',
  })

/** The ways to maps that have a placeholder in a key. */
const keyed = (value: Json, path: Path): Path[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => keyed(item, [...path, index]))
  if (!isObject(value)) return []
  const here = Object.keys(value).some((key) => key.search(placeholderForm) >= 0)
  const inside = Object.entries(value).flatMap(([key, item]) =>
    typeof item === 'object' ? keyed(item, [...path, key]) : [],
  )
  return here ? [path, ...inside] : inside
}

/**
 * An object with the values in place of its placeholders, also inside of text and of base64, written as `writtenAt` says; the object
 * itself where it has none. What is in a value is never taken for a placeholder. `values` is by placeholder. Refuses, all at once: `apply/unsafe-site-value`, `apply/unknown-site-value`,
 * `apply/site-value-in-key`. No problem holds a value.
 */
export const substitute = (object: KubeObject, values: ReadonlyMap<string, Filling>): Outcome<KubeObject> => {
  const problems: Problem[] = keyed(object, []).map((path) => inKey(object, path))
  const filled = fillTexts(object, placeholderForm, (text, start, end, path) => {
    const placeholder = text.slice(start, end)
    const filling = values.get(placeholder)
    if (filling === undefined) {
      problems.push(unknown(object, path, placeholder))
      return placeholder
    }
    const written = writtenAt(text, start, end, filling)
    if (written === undefined) problems.push(unsafe(object, path, filling.id))
    return written ?? placeholder
  })
  return unless(problems, () => filled)
}
