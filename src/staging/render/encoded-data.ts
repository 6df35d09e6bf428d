import { isObject, setField } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { idOf, nameOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { placeholderForm } from '../../core/site-values/placeholder.ts'
import type { FoundObject } from './read-release.ts'

/** The field of an object that holds base64 by key. */
const encodedField = ({ apiVersion, kind }: KubeObject): 'data' | 'binaryData' | undefined => {
  if (apiVersion !== 'v1') return undefined
  return kind === 'Secret' ? 'data' : kind === 'ConfigMap' ? 'binaryData' : undefined
}

const mixed = (file: string, line: number, object: KubeObject, field: string, key: string): Problem =>
  problem({
    code: 'render/mixed-data',
    what: `${file}: ${field}.${key} of ${nameOf(idOf(object))} holds a site value and something else, and is to be base64.`,
    where: [{ in: 'file', file, line }],
    why: 'Nobody could tell which part of it is encoded.',
    fix: `Write the whole text in clear, under ${field === 'data' ? 'stringData' : 'data'}.`,
  })

/**
 * The objects of a manifest file in which people write a token where base64 belongs (`data` of a Secret): its placeholder is encoded there, as a
 * chart would have done it. Beside other text a token is refused in such a place.
 */
export const withEncodedData = (found: FoundObject[], file: string): Outcome<FoundObject[]> => {
  const problems: Problem[] = []
  const objects = found.map((one) => {
    const field = encodedField(one.object)
    const data = field === undefined ? undefined : one.object[field]
    if (field === undefined || !isObject(data)) return one
    const encoded: JsonObject = { ...data }
    for (const [key, value] of Object.entries(data)) {
      if (typeof value !== 'string' || value.search(placeholderForm) < 0) continue
      if (value.replaceAll(placeholderForm, '').trim() !== '')
        problems.push(mixed(file, one.origin.line, one.object, field, key))
      else setField(encoded, key, Buffer.from(value.trim()).toString('base64'))
    }
    return { ...one, object: { ...one.object, [field]: encoded } }
  })
  return unless(problems, () => objects)
}
