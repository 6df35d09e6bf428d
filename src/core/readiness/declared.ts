import type { Json } from '../json.ts'

/** One thing that is asked of a live object: a condition (`Ready` is `True`), or the value at a JSON pointer. */
export type FieldTest =
  | { condition: string; is: 'True' | 'False' | 'Unknown'; reason?: string }
  | { path: string; equals: Json }
  | { path: string; exists: boolean }
