import { exitCodes } from '../core/problem.ts'

/** An answer that cannot be written (a full disk behind `>`) is a failure of the world; a reader that went away is none. */
const failWhereAnswersGetLost = (): void => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    process.stderr.write(
      `error system/${(error.code ?? 'failed').toLowerCase()}: The answer cannot be written: ${error.message}.\n  Fix: Mend what the system says and run it again.\n`,
    )
    process.once('exit', () => {
      process.exitCode = exitCodes.world
    })
  })
}

/** Ends this process once all that was printed is out. To wait until it ends by itself would give its memory back page by page, which takes longer than most commands' work. */
const leave = async (): Promise<void> => {
  for (const stream of [process.stdout, process.stderr])
    if (stream.writable) await new Promise<void>((written) => stream.write('', () => written()))
  process.exit()
}

/**
 * Runs a program to its end and sets the exit code that it gives. What is thrown is a bug of ours: it is told as one, in
 * one line, with its stack only where SCOUT_DEBUG is set.
 */
export const runToEnd = (run: () => Promise<number>): void => {
  failWhereAnswersGetLost()
  const ended = run().then(
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
      process.exitCode = exitCodes.bug
    },
  )
  void ended.then(leave)
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
