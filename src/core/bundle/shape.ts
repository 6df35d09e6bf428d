import type { ErrorObject } from 'ajv'
import { pointerOf } from '../pointer.ts'
import { compileShape } from './compile-shape.ts'
import type { Validate } from './compile-shape.ts'

/** One way in which a value is not of its schema. */
export interface Misfit {
  /** JSON pointer of the field; '' is the whole. */
  pointer: string
  message: string
}

const misfitOf = ({ instancePath, keyword, params, message }: ErrorObject): Misfit => {
  if (keyword === 'additionalProperties')
    return { pointer: instancePath + pointerOf([params.additionalProperty]), message: 'is no known field' }
  if (keyword === 'required')
    return { pointer: instancePath + pointerOf([params.missingProperty]), message: 'is missing' }
  if (keyword === 'enum')
    return { pointer: instancePath, message: `must be one of ${params.allowedValues.join(', ')}` }
  return { pointer: instancePath, message: message ?? 'is wrong' }
}

/** `anyOf` says once more, for the whole, what its branches have said of their parts. */
const isEcho = ({ keyword }: ErrorObject): boolean => keyword === 'anyOf'

/** What a schema (JSON Schema 2020-12) has against a value: every misfit, sorted by pointer; [] where it fits. */
export const shapeOf = (schema: object): ((value: unknown) => Misfit[]) => {
  let compiled: Validate | undefined
  return (value) => {
    // At first use: most commands read no such file.
    compiled ??= compileShape(schema)
    if (compiled(value)) return []
    return (compiled.errors ?? [])
      .filter((error) => !isEcho(error))
      .map(misfitOf)
      .sort((a, b) => (a.pointer < b.pointer ? -1 : a.pointer > b.pointer ? 1 : 0))
  }
}
