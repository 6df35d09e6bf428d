import { isObject } from './json.ts'
import type { KubeObject } from './object.ts'

/** One label or annotation. Charts do print `annotations: null`, and numbers for text: neither is one. */
const entryOf = (object: KubeObject, map: 'labels' | 'annotations', name: string): string | undefined => {
  const entries: unknown = object.metadata[map]
  const value = isObject(entries) && Object.hasOwn(entries, name) ? entries[name] : undefined
  return typeof value === 'string' ? value : undefined
}

export const labelOf = (object: KubeObject, name: string): string | undefined =>
  entryOf(object, 'labels', name)

export const annotationOf = (object: KubeObject, name: string): string | undefined =>
  entryOf(object, 'annotations', name)
