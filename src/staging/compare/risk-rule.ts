import type { FieldChange, RiskLevel } from '../../core/comparison.ts'
import type { JsonObject } from '../../core/json.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'

/** A change as rules see it: secret values are taken out of both objects and masked in the fields. */
export interface Judged {
  id: ObjectId
  before: KubeObject | undefined
  after: KubeObject | undefined
  /** Empty where the object is created or removed. */
  fields: FieldChange[]
}

/** A change and what the rule says of it; these are the rule's tests and its docs. */
interface RiskExample {
  title: string
  before?: JsonObject
  after?: JsonObject
  finds: string[]
}

/**
 * A rule that marks what a reviewer must see, one file each in `risks/`. `check` gives a short sentence for each thing
 * that it found, without the name of the object.
 */
export interface RiskRule {
  id: string
  title: string
  level: RiskLevel
  why: string
  examples: RiskExample[]
  check: (change: Judged) => string[]
}
