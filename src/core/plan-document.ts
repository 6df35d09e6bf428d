import { sha256 } from './digest.ts'
import { canonicalJson, isObject } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import type { JudgedPlan } from './judged.ts'

/** The format of a plan as a file; a reader refuses a number that it does not know. */
export const planFormat = 1

/**
 * A judged plan as JSON for people who agree to it and for programs: no value of a Secret, no time, nothing by chance. `digest` is that of all
 * the rest, in canonical form.
 */
export type PlanDocument = JudgedPlan & { format: typeof planFormat; digest: string }

const digestOf = (rest: Json): string => sha256(canonicalJson(rest))

export const planDocument = (plan: JudgedPlan): PlanDocument => {
  const rest = { format: planFormat, ...plan }
  return { ...rest, digest: digestOf(rest as unknown as Json) } as PlanDocument
}

/** Whether a document's digest is that of the rest of it: one that was edited differs. */
export const isWhole = (document: JsonObject): boolean => {
  const { digest, ...rest } = document
  return isObject(rest) && digest === digestOf(rest)
}
