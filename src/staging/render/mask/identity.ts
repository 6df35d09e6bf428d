import { idOf, keyOf } from '../../../core/object.ts'
import type { KubeObject, ObjectId } from '../../../core/object.ts'
import type { ResolvedRelease } from '../../../core/records.ts'

type InNamespace = Pick<ResolvedRelease, 'namespace'>

/**
 * Who an object is as people declare it: in the namespace of the release where it names none. The scope of its kind is not known yet, and
 * nobody has to say it.
 */
export const declaredId = ({ namespace }: InNamespace, object: KubeObject): ObjectId => {
  const id = idOf(object)
  return { ...id, namespace: id.namespace === '' ? namespace : id.namespace }
}

export const declaredKey = (release: InNamespace, object: KubeObject): string =>
  keyOf(declaredId(release, object))

/** The key of the object that a place is in. */
export const keyOfPlace = ({ namespace }: InNamespace, { object }: { object: ObjectId }): string =>
  keyOf({ ...object, namespace: object.namespace === '' ? namespace : object.namespace })
