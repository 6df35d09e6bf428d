import type { Terminal } from '../../core/effects/terminal.ts'
import type { Tell } from '../../core/stepper.ts'
import { eventProgress } from './events.ts'
import { liveProgress } from './live.ts'
import { plainProgress } from './plain.ts'

/**
 * Tells how a run goes, on stderr: a live table on a terminal, plain lines in CI and elsewhere, events as lines of JSON where
 * `output` is json. `verbose` adds others' own words, such as helm's.
 */
export const tellProgress = (
  { err, ci }: Terminal,
  {
    output,
    verbose,
    now = Date.now,
  }: { output: 'text' | 'json'; verbose: boolean; /** Milliseconds since 1970. */ now?: () => number },
): Tell => {
  const write = (text: string): void => err.write(text)
  if (output === 'json') return eventProgress(write, { verbose, now })
  if (err.isTerminal && !ci) return liveProgress(err, { verbose, now })
  return plainProgress(write, { colour: err.colour, verbose, now })
}
