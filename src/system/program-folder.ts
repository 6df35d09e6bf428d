import { join } from 'node:path'

/** Where the program lies, with what it reads of its own (schemas/). The built file lies as deep below it, in `.cache/built/`, as this one does. */
export const programFolder = join(import.meta.dirname, '..', '..')
