import { isObject } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import { entriesOf, fieldsOf } from '../../core/ownership/entries.ts'
import type { FieldSet } from '../../core/ownership/field-set.ts'
import { isEmpty, withoutSteps } from '../../core/ownership/field-set.ts'
import { isFormer } from '../../core/ownership/managers.ts'

/** The ways to what is in `set` and in none of `others`; not further than to where they part. */
const alone = (set: FieldSet, others: FieldSet[], before: string[] = []): string[][] =>
  Object.entries(set).flatMap(([step, below]) => {
    if (step === '.') return []
    const same = others.map((other) => other[step]).filter(isObject)
    if (same.length === 0) return [[...before, step]]
    if (!isObject(below) || same.some((other) => isEmpty(other))) return []
    return alone(below, same, [...before, step])
  })

/**
 * What a dry run answered, as the apply itself will leave it: before that it takes over what `helm` and client-side `kubectl apply` own, so that what
 * they set and the bundle has not goes. A dry run cannot show that, because it starts from what is stored.
 */
export const asTakenOver = (
  answered: KubeObject,
  manager: string,
  handedOver?: ReadonlySet<string>,
): KubeObject => {
  const entries = entriesOf(answered)
  const former = entries.filter((entry) => isFormer(entry, manager, handedOver))
  if (former.length === 0) return answered
  const others = entries.filter((entry) => !former.includes(entry))
  const gone = former.flatMap((entry) => alone(fieldsOf(entry), others.map(fieldsOf)))
  const left = gone.reduce<KubeObject>(
    (object, steps) => (withoutSteps(object, steps) as KubeObject | undefined) ?? object,
    answered,
  )
  return { ...left, metadata: { ...left.metadata, managedFields: others } }
}

/** The managers whose fields the apply takes over before it sends anything. */
export const formerManagers = (
  live: KubeObject,
  manager: string,
  handedOver?: ReadonlySet<string>,
): Set<string> =>
  new Set(
    entriesOf(live)
      .filter((entry) => isFormer(entry, manager, handedOver))
      .flatMap((entry) => (typeof entry['manager'] === 'string' ? [entry['manager']] : [])),
  )
