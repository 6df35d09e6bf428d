import type { Tell } from '../../core/stepper.ts'
import { jsonText } from '../json-text.ts'

/** Each event as a line of JSON, for programs; others' own words only with `verbose`. */
export const eventProgress =
  (write: (text: string) => void, { verbose }: { verbose: boolean }): Tell =>
  (told) => {
    if (told.tell !== 'words' || verbose) write(jsonText(told))
  }
