/** What a field can be compared with. */
type FieldValue = string | number | boolean

/**
 * One thing that is asked of a live object: a condition (`Ready` is `True`), the value at a JSON pointer, or whether anything is
 * there; null, and an empty text, list or map, are not.
 */
export type FieldTest =
  | { condition: string; is: 'True' | 'False' | 'Unknown'; reason?: string }
  | { path: string; equals: FieldValue }
  | { path: string; exists: boolean }

/** What only the rules that come with the program ask: one of several values, or a number not below another field's. */
export type GivenTest =
  | FieldTest
  | { path: string; oneOf: FieldValue[] }
  /** `usually` is what the other field means where it is not written. */
  | { path: string; atLeast: string; usually: number }
