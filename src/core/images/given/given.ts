import type { ImageRule } from '../rule.ts'
import { cassOperator } from './cass-operator.ts'
import { crossplane } from './crossplane.ts'
import { elastic } from './elastic.ts'
import { istio } from './istio.ts'
import { nvidia } from './nvidia.ts'

/** Places that no form gives away, by kind: one file an operator. A site adds its own in site.yaml. */
export const givenRules: ImageRule[] = [...cassOperator, ...crossplane, ...elastic, ...istio, ...nvidia]
