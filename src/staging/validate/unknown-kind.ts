import type { KubeObject } from '../../core/object.ts'
import type { DescribedTarget, ServedKind } from '../../core/target.ts'
import { remedyFor, serverOf } from '../../core/unknown-kind.ts'
import type { Words } from './words.ts'

/** What is wrong with an object whose kind nobody serves. */
export const unknownKind = (object: KubeObject, kinds: ServedKind[], target: DescribedTarget): Words => ({
  slug: 'unknown-kind',
  what: `is of a kind that neither ${serverOf(target)} nor a CRD of the set serves: ${object.apiVersion} ${object.kind}.`,
  why: 'The API server would answer that there is no such resource.',
  fix: remedyFor(object, kinds, target),
})
