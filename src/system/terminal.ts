import type { WriteStream } from 'node:tty'
import type { Screen, Terminal } from '../core/effects/terminal.ts'

type Environment = { [name: string]: string | undefined }

/** A stream as process has them; a terminal or not. */
type Stream = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>

const isSet = (value: string | undefined): boolean => value !== undefined && value !== ''
const isOn = (value: string | undefined): boolean => isSet(value) && value !== '0' && value !== 'false'

/** FORCE_COLOR wins over NO_COLOR, as in Node itself; sources: no-color.org, force-color.org. */
const wantsColour = (environment: Environment, isTerminal: boolean): boolean => {
  if (isSet(environment['FORCE_COLOR'])) return isOn(environment['FORCE_COLOR'])
  return isTerminal && !isSet(environment['NO_COLOR']) && environment['TERM'] !== 'dumb'
}

const screenOf = (stream: Stream, environment: Environment): Screen => {
  let gone = false
  // `scout diff | head` ends the pipe early: that is no failure of ours, and the exit code still tells what was found. An
  // apply goes on where its log's disk is full; that an answer got lost is told by process.ts.
  stream.on('error', () => {
    gone = true
  })
  const isTerminal = stream.isTTY === true && environment['TERM'] !== 'dumb'
  return {
    write: (text) => {
      if (!gone) stream.write(text)
    },
    isTerminal,
    colour: wantsColour(environment, isTerminal),
    // A terminal that doesn't know its size says 0.
    columns: () => stream.columns || 80,
    rows: () => stream.rows || 24,
  }
}

/** The terminal of this process, or of streams and an environment that are given. */
export const openTerminal = (
  stdout: Stream = process.stdout,
  stderr: Stream = process.stderr,
  environment: Environment = process.env,
): Terminal => ({
  out: screenOf(stdout, environment),
  err: screenOf(stderr, environment),
  ci: isOn(environment['CI']),
})
