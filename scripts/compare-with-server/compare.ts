import type { KubeObject, ObjectId } from '../../src/core/object.ts'
import { idOf } from '../../src/core/object.ts'
import { readObjects } from '../../src/core/manifest.ts'
import { pointerOf } from '../../src/core/pointer.ts'
import { differingFields } from './fields.ts'
import type { Field } from './fields.ts'
import { judge } from './judge.ts'
import type { MaskedBecause, Masks, Verdict } from './judge.ts'

export interface JudgedField extends Field {
  verdict: Verdict
}

/** One object that is not byte for byte the same in all three renders. `unsteady` comes in only one of the server's. */
export type ComparedObject = { release: string; id: ObjectId } & (
  | { presence: 'only-ours' | 'only-theirs' | 'unsteady' }
  | { presence: 'everywhere'; object: KubeObject; fields: JudgedField[] }
)

export interface Compared {
  /** How many objects there are in any of the renders. */
  objects: number
  differing: ComparedObject[]
}

const objectIn = (text: string, path: string): KubeObject => {
  const read = readObjects(text, path)
  const [first] = read.ok ? read.value : []
  if (first === undefined) throw new Error(`${path} holds no object`)
  return first.object
}

/** Our render and two of the server's, canonical texts by path below `rendered/ENV`, object by object and field by field. */
export const compareRenders = (
  ours: Map<string, string>,
  [first, second]: [Map<string, string>, Map<string, string>],
  masksOf: (release: string) => Masks,
): Compared => {
  const paths = Array.from(
    new Set([ours, first, second].flatMap((render) => Array.from(render.keys()))),
  ).sort()
  const differing = paths.flatMap((path): ComparedObject[] => {
    const texts = [ours.get(path), first.get(path), second.get(path)] as const
    const [mine, one, two] = texts
    if (mine === one && one === two) return []
    const release = path.split('/')[0] as string
    const id = idOf(objectIn((mine ?? one ?? two) as string, path))
    if (mine === undefined || one === undefined || two === undefined) {
      const unsteady = (one === undefined) !== (two === undefined)
      return [
        { release, id, presence: unsteady ? 'unsteady' : mine === undefined ? 'only-theirs' : 'only-ours' },
      ]
    }
    const [object, ...theirs] = [mine, one, two].map((text) => objectIn(text, path)) as [
      KubeObject,
      KubeObject,
      KubeObject,
    ]
    const fields = differingFields(object, theirs).map((field) => ({
      ...field,
      verdict: judge(object, field, masksOf(release)),
    }))
    return [{ release, id, presence: 'everywhere', object, fields }]
  })
  return { objects: paths.length, differing }
}

/** Whether an object is the same but for what is masked. */
export const isEqual = (compared: ComparedObject): boolean =>
  compared.presence === 'everywhere' && compared.fields.every(({ verdict }) => verdict.is === 'masked')

/** A field of which only the place is told. */
export interface MaskedField {
  release: string
  object: ObjectId
  pointer: string
  why: MaskedBecause
}

/** The masked fields of an object. */
export const maskedIn = (compared: ComparedObject): MaskedField[] => {
  const { release, id } = compared
  if (compared.presence !== 'everywhere') return []
  return compared.fields.flatMap(({ path, verdict }) =>
    verdict.is === 'masked' ? [{ release, object: id, pointer: pointerOf(path), why: verdict.why }] : [],
  )
}
