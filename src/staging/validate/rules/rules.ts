import type { Rule } from '../rule.ts'
import { badLabel } from './bad-label.ts'
import { badName } from './bad-name.ts'
import { badPodName } from './bad-pod-name.ts'
import { missingImage } from './missing-image.ts'
import { missingSchema } from './missing-schema.ts'
import { missingVolume } from './missing-volume.ts'
import { selectorMismatch } from './selector-mismatch.ts'

/** Every rule, in the order of their ids. */
export const rules: Rule[] = [
  badLabel,
  badName,
  badPodName,
  missingImage,
  missingSchema,
  missingVolume,
  selectorMismatch,
]
