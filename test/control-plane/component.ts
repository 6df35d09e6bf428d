import { spawn, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'

/** One program of the control plane, running. */
export type Component = {
  readonly name: string
  readonly pid: number
  readonly log: string
  hasExited: () => boolean
  kill: () => Promise<void>
}

/** The programs of one control plane, which end together. */
export type Components = {
  /** Starts a program whose output goes to `DIR/NAME.log`. */
  readonly start: (program: string, flags: readonly string[]) => Component
  /** Ends all of them by their pids, and removes the folder. */
  readonly stop: () => Promise<void>
}

// Reads the pids of what runs, and kills that when its input ends: that is how it learns that we have died, in whatever way.
const watchdogScript = `
pids=" "
while read -r word pid; do
	case $word in
	started) pids="$pids$pid " ;;
	ended) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
	esac
done
for pid in $pids; do kill -KILL "$pid"; done
rm -rf "$1"
`

/**
 * Makes ready to start programs that must not outlive this process. Neither they nor what watches over them keeps Node running.
 *
 * @param dir A folder for the logs; removed when all is over.
 */
export function createComponents(dir: string): Components {
  const watchdog = spawn('sh', ['-c', watchdogScript, 'watchdog', dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.unref()
  ;(watchdog.stdin as net.Socket).unref()
  const running: Component[] = []

  return {
    start(program, flags) {
      const name = path.basename(program)
      const log = path.join(dir, `${name}.log`)
      const output = openSync(log, 'a')
      // In a session of its own, so that Ctrl-C reaches only us, and the programs end in one way.
      const child = spawn(program, flags, { detached: true, stdio: ['ignore', output, output] })
      closeSync(output)
      child.unref()
      const exited = new Promise<void>((resolve) => {
        child.once('error', () => resolve())
        child.once('exit', () => {
          watchdog.stdin.write(`ended ${child.pid}\n`)
          resolve()
        })
      })
      watchdog.stdin.write(`started ${child.pid}\n`)
      const component = {
        name,
        pid: child.pid!,
        log,
        hasExited: () => hasExited(child),
        async kill() {
          child.ref()
          child.kill('SIGKILL')
          await exited
        },
      }
      running.push(component)
      return component
    },
    async stop() {
      await Promise.all(running.map(async (component) => component.kill()))
      await new Promise<void>((resolve) => {
        watchdog.ref()
        watchdog.once('exit', () => resolve())
        watchdog.stdin.end()
      })
    },
  }
}

/** The last lines that a program said, for an error message. */
export async function lastLines({ name, log }: Component, count = 20): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '')
  return `The last lines of ${name}:\n${text.trimEnd().split('\n').slice(-count).join('\n')}`
}

/** Below the ports that the kernel gives to whoever connects to somewhere: one of those can be taken before a program that we start listens there. */
const [lowestPort, highestPort] = [20_000, 32_000]

/** A server on a port of the loopback address that was free, drawn by chance: others look for one at the same time. */
const listenSomewhere = async (): Promise<net.Server> => {
  for (;;) {
    const server = net.createServer().listen(randomInt(lowestPort, highestPort), '127.0.0.1')
    try {
      await once(server, 'listening')
      return server
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    }
  }
}

/** Ports of the loopback address that are free now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenSomewhere))
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port)
  // Closed only now, so that they are different.
  await Promise.all(servers.map(async (server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined
}
