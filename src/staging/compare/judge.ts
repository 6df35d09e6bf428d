import type { Risk } from '../../core/comparison.ts'
import { setField } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import { isObject } from '../../core/json.ts'
import type { Path } from '../../core/pointer.ts'
import type { Judged } from './risk-rule.ts'
import { rules } from './risks/rules.ts'
import { secrecyOf } from '../../core/fields/secrets.ts'

/** A copy without what is secret, so that no rule can quote it. */
const withoutSecrets = (object: KubeObject): KubeObject => {
  const copied = (value: Json, path: Path): Json => {
    if (!isObject(value) || secrecyOf(object, path) !== 'holds-secrets') return value
    const copy: JsonObject = {}
    for (const [key, inner] of Object.entries(value))
      if (secrecyOf(object, [...path, key]) !== 'secret') setField(copy, key, copied(inner, [...path, key]))
    return copy
  }
  const copy: JsonObject = {}
  for (const [key, value] of Object.entries(object)) setField(copy, key, copied(value, [key]))
  return copy as KubeObject
}

/** All that the rules find in one change, dangers first, in the order of the rules. */
export const risksOf = (change: Judged): Risk[] => {
  const judged: Judged = {
    ...change,
    before: change.before && withoutSecrets(change.before),
    after: change.after && withoutSecrets(change.after),
  }
  return rules.flatMap(({ id, title, level, why, check }) =>
    check(judged).map((what) => ({ id, title, level, why, what })),
  )
}
