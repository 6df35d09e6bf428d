import type { KubeObject } from '../../core/object.ts'
import type { ServedKind } from '../../core/target.ts'
import { remedyFor } from '../../core/unknown-kind.ts'
import type { Words } from './words.ts'

/** What is wrong with an object whose kind nobody serves. */
export const unknownKind = (object: KubeObject, kinds: ServedKind[], kubernetes: string): Words => ({
  slug: 'unknown-kind',
  what: `is of a kind that neither Kubernetes ${kubernetes} nor a CRD of the set serves: ${object.apiVersion} ${object.kind}.`,
  why: 'The API server would answer that there is no such resource.',
  fix: remedyFor(object, kinds, kubernetes),
})
