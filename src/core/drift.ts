import type { Difference, Edit } from './comparison.ts'
import type { Origin } from './inventory.ts'
import type { InventoryEntry } from './inventory.ts'
import type { JudgedChange, JudgedField } from './judged.ts'
import { uidOf } from './live.ts'
import type { KubeObject, ObjectId } from './object.ts'
import { entriesOf } from './ownership/entries.ts'

/** A manager by the server's record, and when it wrote to the object last (RFC 3339; '' where the record does not say). */
interface Writer {
  manager: string
  wrote: string
}

/**
 * A field that is not as it was applied: `before` is what we applied, `after` what is live, `by` who has it now. What is secret is `hidden`:
 * neither its value nor its size is told.
 */
export type DriftedField = { pointer: string; name: string; by: Writer[] } & (
  | Difference
  | { change: 'hidden'; how: 'added' | 'removed' | 'changed' }
)

/** One object that is not as it was applied. */
export interface ObjectDrift {
  id: ObjectId
  /** '' for the Namespaces of the site. */
  release: string
  /**
   * `gone`: it is not there, or going. `changed`: fields of ours have other values. `disowned`: it is the one that we applied, without our label.
   * `made anew`: another object has its name.
   */
  drift: 'gone' | 'changed' | 'disowned' | 'made anew'
  /** What is to be known besides; '' where nothing is. */
  why: string
  fields: DriftedField[]
  /** What a correction does about it, and why it leaves it; '' where it does not. */
  correction: 'puts back' | 'leaves'
  because: string
}

/** What nothing can be said of. */
export interface NotLookedAt {
  id: ObjectId
  release: string
  why: string
}

/** What is live of a set beside what was applied. */
export interface SetDrift {
  set: string
  /** The bundles that were applied, with the releases that are from each; sorted. */
  bundles: (Origin & { releases: string[] })[]
  /** How many objects were compared. */
  compared: number
  /** Sorted by release, then by object. */
  objects: ObjectDrift[]
  notLookedAt: NotLookedAt[]
  /** Whether what can be put back was put back now. */
  corrected: boolean
}

const turned = <T>(edits: Edit<T>[]): Edit<T>[] =>
  edits.map((one) =>
    one.edit === 'added'
      ? { ...one, edit: 'removed' }
      : one.edit === 'removed'
        ? { ...one, edit: 'added' }
        : one,
  )

const ways = { added: 'removed', removed: 'added', changed: 'changed' } as const

/** What an apply would change, as what others have changed: the other way round. */
const turnedField = (field: JudgedField): Difference | { change: 'hidden'; how: keyof typeof ways } => {
  switch (field.change) {
    case 'added':
      return { change: 'removed', before: field.after }
    case 'removed':
      return { change: 'added', after: field.before }
    case 'changed':
      return { change: 'changed', before: field.after, after: field.before }
    case 'text':
      return { change: 'text', edits: turned(field.edits) }
    case 'items':
      return { change: 'items', edits: turned(field.edits) }
    case 'reordered':
      return { change: 'reordered', before: field.after, after: field.before }
    case 'hidden':
      return { change: 'hidden', how: ways[field.how] }
  }
}

/** When a manager wrote to an object last: the server notes it for all that it has, not field by field. */
const lastWriteOf = (manager: string, live: KubeObject): string =>
  entriesOf(live)
    .filter((one) => one['manager'] === manager)
    .map(({ time }) => (typeof time === 'string' ? time : ''))
    .sort()
    .at(-1) ?? ''

const driftedField = (field: JudgedField, live: KubeObject | undefined, ours: string): DriftedField => ({
  pointer: field.pointer,
  name: field.name,
  by: field.owners.before
    .filter((manager) => manager !== ours)
    .map((manager) => ({ manager, wrote: live ? lastWriteOf(manager, live) : '' })),
  ...turnedField(field),
})

type Judged = { drift: ObjectDrift } | { notLookedAt: NotLookedAt } | undefined

/**
 * What the server's verdict on putting an object back says of its drift; undefined where it has none. `live`: what is there under its name;
 * `manager`: ours.
 */
export const driftOf = (
  change: JudgedChange,
  entry: Pick<InventoryEntry, 'uid'>,
  live: KubeObject | undefined,
  manager: string,
): Judged => {
  const { id, release, because } = change
  const tell = (
    drift: ObjectDrift['drift'],
    { why = '', left = '' }: { why?: string; left?: string } = {},
  ): Judged => ({
    drift: {
      id,
      release,
      drift,
      why,
      fields: change.comes === 'changed' ? change.fields.map((one) => driftedField(one, live, manager)) : [],
      correction: left === '' ? 'puts back' : 'leaves',
      because: left,
    },
  })
  const asked = change.comes === 'conflict' ? change.conflicts : []
  const left = asked
    .map((one) => `${one.manager} set ${one.field}, and nothing says that it may be taken`)
    .join('; ')
  if (because === 'new') return tell('gone')
  if (because === 'being deleted') return tell('gone', { why: 'it is being deleted' })
  // Made by a correction that was cut short before the inventory knew it.
  const isOurs = because === 'not finished last time' && change.comes === 'same'
  if (live && uidOf(live) !== entry.uid && !isOurs) return tell('made anew', { left })
  if (because === 'not ours yet')
    return tell('disowned', { why: 'it bears the label of the set no more', left })
  switch (change.comes) {
    case 'same':
    case 'created':
      return undefined
    case 'not checked':
      return { notLookedAt: { id, release, why: change.why } }
    case 'changed':
      return tell('changed')
    case 'conflict':
      return tell('changed', { left })
    case 'recreated':
      return tell('changed', {
        why: `what was changed can be put back only by making it anew: ${change.why}`,
      })
  }
}
