import type { Json } from './json.ts'
import type { ObjectId } from './object.ts'
import type { Phase } from './records.ts'

/**
 * A value as it may be shown. What is secret holds no more than its size, so that no printer can give it away
 * (nor a digest of it: that of a short secret can be guessed).
 */
export type Shown = { show: 'value'; value: Json } | { show: 'masked'; bytes: number }

/** One line of a text, or one item of a list, and what became of it; `skipped` stands for unchanged ones between. */
export type Edit<T> = { edit: 'same' | 'added' | 'removed'; of: T } | { edit: 'skipped'; count: number }

/** What changed at one place. `text` is the line diff of a text, `items` that of a list of scalars. */
export type Difference =
  | { change: 'added'; after: Shown }
  | { change: 'removed'; before: Shown }
  | { change: 'changed'; before: Shown; after: Shown }
  | { change: 'text'; edits: Edit<string>[] }
  | { change: 'items'; edits: Edit<Json>[] }
  | { change: 'reordered'; before: string[]; after: string[] }

/**
 * A field that changed. `pointer` is its JSON pointer in the object after (in the one before where it was removed);
 * `name` is the same way in the words of a person: `spec.template.spec.containers[web].image`.
 */
export type FieldChange = { pointer: string; name: string } & Difference

/** Where an object stands: its release, its phase and its file below `rendered/ENV`. */
export interface Place {
  release: string
  phase: Phase
  file: string
}

/** What a reviewer must see: `danger` can lose data, service or the apply itself; `notice` is worth a look. */
export type RiskLevel = 'danger' | 'notice'

/** A rule's finding about one object. `what` never holds a secret value. */
export interface Risk {
  id: string
  title: string
  level: RiskLevel
  what: string
  why: string
}

/** What became of an object: `moved` is to another release or phase, `changed` is in place. */
export type ObjectChange = { id: ObjectId; risks: Risk[] } & (
  | { change: 'created'; after: Place }
  | { change: 'removed'; before: Place }
  | { change: 'changed'; before: Place; after: Place; fields: FieldChange[] }
  | { change: 'moved'; before: Place; after: Place; fields: FieldChange[] }
)

/** What became of a release. An object that moved between releases is listed under the one that it is in now. */
export interface ReleaseChange {
  release: string
  change: 'created' | 'removed' | 'changed'
  objects: ObjectChange[]
}

/** Two renderings of one environment compared: only what differs, sorted by release and object. */
export interface Comparison {
  releases: ReleaseChange[]
  /** How many files are the same before and after. */
  unchanged: number
}

/** The files of one environment: text by path below `rendered/ENV`, that is `RELEASE/PHASE/NAMESPACE/Kind.group_name.yaml`. */
export type RenderedFiles = ReadonlyMap<string, string>
