import { createHash } from 'node:crypto'
import { groupKindOf } from './object.ts'
import type { ObjectId } from './object.ts'
import type { Phase } from './records.ts'

/** The longest name of a file that every file system takes is 255 bytes; the rest is room for kind and suffix. */
const longestName = 150

/**
 * A part of an id as a part of a file name: lower case letters, digits, `-` and `.` stand for themselves, the rest is
 * percent-encoded (so `system:x` has a path on every file system, and names that differ only in case don't clash).
 * No name of a Kubernetes object can hold `%`, so the way back is unambiguous.
 */
const encoded = (part: string): string => {
  const safe = Array.from(new TextEncoder().encode(part), (byte) => {
    const letter = String.fromCharCode(byte)
    return /[a-z0-9.-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
  if (safe.length <= longestName) return safe
  const digest = createHash('sha256').update(part).digest('hex').slice(0, 16)
  return `${safe.slice(0, longestName)}~${digest}`
}

/**
 * The path of an object below `rendered/ENV/RELEASE`: `main/shop/Deployment.apps_web.yaml`,
 * `crds/_cluster/CustomResourceDefinition.apiextensions.k8s.io_issuers.certs.example.yaml`.
 */
export const pathOf = (phase: Phase, id: ObjectId): string =>
  `${phase}/${id.namespace === '' ? '_cluster' : encoded(id.namespace)}/${groupKindOf(id)}_${encoded(id.name)}.yaml`
