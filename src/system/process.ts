/** The exit code for a bug of ours, as sysexits.h has it. */
const bug = 70

/**
 * Runs a program to its end and sets the exit code that it gives. What is thrown is a bug of ours: it is told as one, in
 * one line, with its stack only where SCOUT_DEBUG is set.
 */
export const runToEnd = (run: () => Promise<number>): void => {
  run().then(
    (code) => {
      process.exitCode = code
    },
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      process.stderr.write(
        `error bug: ${message}\n  This is a fault of the program, not of your input. SCOUT_DEBUG=1 shows where.\n`,
      )
      if (process.env['SCOUT_DEBUG'] !== undefined && error instanceof Error)
        process.stderr.write(`${error.stack}\n`)
      process.exitCode = bug
    },
  )
}

/** Aborted by the first Ctrl-C (or SIGTERM), so that a run can end between two steps; the second ends the process at once. */
export const interruption = (): AbortSignal => {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      process.stderr.write('ending after this step; once more ends at once\n')
      controller.abort()
    })
  return controller.signal
}
