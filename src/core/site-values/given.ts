import { bad, good, problem } from '../problem.ts'
import type { Outcome } from '../problem.ts'
import { utf8Text } from '../utf-8.ts'

/**
 * The text that a person gives as a site value. One line break at its end is what editors and `echo` put there: it is cut off, and said.
 * Bytes that are not UTF-8 are refused.
 */
export const givenText = (bytes: Uint8Array): Outcome<{ text: string; cut: boolean }> => {
  const whole = utf8Text(bytes)
  if (whole === undefined)
    return bad([
      problem({
        code: 'usage/value-not-text',
        fault: 'usage',
        what: 'The value is no text in UTF-8.',
        fix: 'Give it as text; bytes can be given as base64, where the chart decodes them.',
      }),
    ])
  const text = whole.replace(/\r?\n$/, '')
  return good({ text, cut: text !== whole })
}
