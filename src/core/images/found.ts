import type { Path } from '../pointer.ts'

/**
 * How sure a finder is. A: a node pulls what stands there (a pod's spec). B: a rule says so, by the kind and the path or by the form. C: it
 * looks like one, and a person has to decide.
 */
export type Tier = 'A' | 'B' | 'C'

/** What one string says of a reference: all of it, or the part of it that an operator puts together with others. */
export type Role = 'reference' | 'registry' | 'repository' | 'name' | 'tag' | 'digest' | 'suffix'

/**
 * A string of an object that holds a reference or a part of one. Without `span` it is the whole string; `span` are the offsets within the
 * text of the string, which is the decoded one where `base64` says that it is encoded. `inner` is the JSON pointer of the field in the
 * YAML or JSON that the text is.
 */
export interface Part {
  role: Role
  path: Path
  text: string
  span?: [start: number, end: number]
  base64?: true
  inner?: string
}

/**
 * One image, or a registry that an operator completes to one (`form` is then `registry`). `text` is the reference as its parts make it;
 * `reference` its normal form as a node pulls it, undefined where only the operator knows the rest of it (its tag).
 */
export interface FoundImage {
  rule: string
  tier: Tier
  form: 'reference' | 'map' | 'registry'
  text: string
  reference?: string
  parts: [Part, ...Part[]]
}
