import type { Comparison } from '../core/comparison.ts'
import { jsonText } from './json-text.ts'

/** A comparison as JSON for programs, integers in full, secrets masked as they are in it; a line break at the end. */
export const comparisonJson = (comparison: Comparison): string => jsonText(comparison, 2)
