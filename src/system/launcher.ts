import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { atTheEnd } from './private-folder.ts'

/** One run of a program: `env` is all that it sees of the environment. */
export interface Launch {
  program: string
  args: string[]
  cwd: string
  env: { [variable: string]: string | undefined }
  timeoutMilliseconds: number
  /** Of standard output and of standard error, each. */
  outputBytes: number
}

/** How a run ended; without an exit code, `trouble` says why there is none. */
export interface Ended {
  stdout: Buffer
  stderr: Buffer
  exitCode: number | undefined
  why: 'by itself' | 'late' | 'too much'
  trouble: string
}

type Shell = ChildProcessByStdio<Writable, Readable, Readable>

/** Shells with nothing to do. They end when this process does, and keep it from ending no longer. */
const idle: Shell[] = []

const hold = (shell: Shell, way: 'ref' | 'unref'): void => {
  shell[way]()
  // Pipes of child processes are sockets.
  for (const pipe of [shell.stdin, shell.stdout, shell.stderr] as unknown as { ref(): void; unref(): void }[])
    pipe[way]()
}

const start = (): Shell => {
  // A process group of its own, so that it can be killed with all that runs in it.
  const shell = spawn('/bin/sh', { env: {}, cwd: '/', detached: true, stdio: 'pipe' })
  // What is lost when it is gone is told by its end.
  shell.stdin.on('error', () => {})
  return shell
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The line by which a shell runs a program, and tells behind what it prints, with a mark that nobody can know, that it has ended and how. */
const lineFor = ({ program, args, cwd, env }: Launch, mark: string): string => {
  const variables = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quoted(value)}`],
  )
  const call = [...variables, 'exec', ...[program, ...args].map(quoted)].join(' ')
  return `(cd ${quoted(cwd)} && ${call}) </dev/null; printf '${mark}%03d' $?; printf '${mark}000' >&2\n`
}

/** The bytes of a pipe up to the mark, and the number of three digits behind it. */
interface Heard {
  bytes: Buffer
  code: number
}

const hear = (
  pipe: Readable,
  mark: string,
  most: number,
  heard: (one: Heard) => void,
  tooMuch: () => void,
) => {
  const length = mark.length + 3
  const chunks: Buffer[] = []
  let size = 0
  let tail = ''
  const take = (chunk: Buffer): void => {
    size += chunk.length
    chunks.push(chunk)
    tail = (tail + chunk.subarray(-length).toString('latin1')).slice(-length)
    if (tail.startsWith(mark)) {
      pipe.off('data', take)
      heard({ bytes: Buffer.concat(chunks).subarray(0, -length), code: Number(tail.slice(-3)) })
    } else if (size > most + length) tooMuch()
  }
  pipe.on('data', take)
}

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]))

/** By the convention of shells. */
const troubleOf = (code: number): string | undefined =>
  code === 127 ? 'ENOENT' : code === 126 ? 'EACCES' : code > 128 ? signalNames.get(code - 128) : undefined

/**
 * Runs a program by a small shell, which is kept for the next one. To start it from here would copy the page tables of this process each
 * time, and every page that is written to afterwards: for a render with hundreds of MB in memory that is 5 to 8 ms a run.
 */
export const launch = (what: Launch): Promise<Ended> =>
  new Promise((resolve) => {
    const mark = randomBytes(16).toString('hex')
    const shell = idle.pop() ?? start()
    hold(shell, 'ref')
    let why: Ended['why'] = 'by itself'
    let trouble = ''
    const none: Heard = { bytes: Buffer.alloc(0), code: 0 }
    const printed: { out?: Heard; err?: Heard } = {}

    const kill = (): void => {
      if (shell.pid === undefined) return
      try {
        process.kill(-shell.pid, 'SIGKILL')
      } catch {
        // It has ended already.
      }
    }
    const end = (because: Ended['why']): void => {
      why = because
      kill()
    }
    const failed = (error: NodeJS.ErrnoException): void => {
      trouble = error.code ?? error.message
    }
    const settle = (reusable: boolean): void => {
      clearTimeout(late)
      spared()
      shell.off('error', failed).off('close', gone)
      const { out = none, err = none } = printed
      if (reusable) {
        hold(shell, 'unref')
        idle.push(shell)
        trouble = troubleOf(out.code) ?? ''
      }
      const exitCode = reusable && trouble === '' ? out.code : undefined
      resolve({ stdout: out.bytes, stderr: err.bytes, exitCode, why, trouble })
    }
    const gone = (_code: number | null, signal: string | null): void => {
      if (trouble === '') trouble = signal ?? 'the shell that runs it ended'
      settle(false)
    }
    const heard = (name: 'out' | 'err') => (one: Heard) => {
      printed[name] = one
      if (printed.out && printed.err && why === 'by itself') settle(true)
    }

    const late = setTimeout(() => end('late'), what.timeoutMilliseconds)
    const spared = atTheEnd(kill)
    shell.once('error', failed).once('close', gone)
    hear(shell.stdout, mark, what.outputBytes, heard('out'), () => end('too much'))
    hear(shell.stderr, mark, what.outputBytes, heard('err'), () => end('too much'))
    shell.stdin.write(lineFor(what, mark))
  })
