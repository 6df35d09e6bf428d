import type { RiskRule } from '../risk-rule.ts'
import { grantsHostAccess } from './grants-host-access.ts'
import { changesImage } from './changes-image.ts'
import { changesImmutableField } from './changes-immutable-field.ts'
import { changesService } from './changes-service.ts'
import { removesData } from './removes-data.ts'
import { scalesToZero } from './scales-to-zero.ts'
import { widensRbac } from './widens-rbac.ts'

/** Every rule, dangers first; a test sees that no file of this folder is missing. */
export const rules: RiskRule[] = [
  removesData,
  changesImmutableField,
  grantsHostAccess,
  widensRbac,
  scalesToZero,
  changesService,
  changesImage,
]
