import { join } from 'node:path'
import { digestOfTrees } from './tree-digest.ts'

const source = join(import.meta.dirname, '..')

let known: string | undefined

/** A digest of this program: what it worked out may be recalled by no other. */
export const programDigest = (): string => (known ??= digestOfTrees(source, ['.']))
