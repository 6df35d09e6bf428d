import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../control-plane/component.ts'

const program = '/usr/sbin/sshd'
/** Where sshd puts the half of itself that has no rights, when root runs it. */
const privilegeSeparation = '/run/sshd'

export const isSshdThere = (): boolean => existsSync(program)

/** A real sshd on a loopback port with a host key of its own; it lets the user of the test in, with one key, for sftp alone. */
export interface Sshd {
  port: number
  user: string
  /** Private key to log in with. */
  identity: string
  /** known_hosts with the right host key, and one with a wrong one. */
  knownHosts: string
  otherHosts: string
  /** A scratch folder of the test's own. */
  folder: string
  stop(): Promise<void>
}

const keyAt = (file: string): void =>
  void execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file])

const listening = (daemon: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ''
    daemon.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Server listening')) resolve()
    })
    daemon.once('exit', () => reject(new Error(`sshd ended: ${said}`)))
  })

/** Starts it. `sftpServer` is the command that serves sftp: OpenSSH's own, or a wrapper that breaks it. */
export const startSshd = async (sftpServer = 'internal-sftp'): Promise<Sshd> => {
  const folder = await mkdtemp(join(tmpdir(), 'sshd-'))
  const at = (name: string): string => join(folder, name)
  if (userInfo().uid === 0) mkdirSync(privilegeSeparation, { recursive: true, mode: 0o755 })
  for (const name of ['host', 'other', 'login']) keyAt(at(name))
  const port = (await freePorts(1))[0]!
  await writeFile(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host')}`,
      `AuthorizedKeysFile ${at('login.pub')}`,
      'AuthenticationMethods publickey',
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      'UsePAM no',
      `PidFile none`,
      `Subsystem sftp ${sftpServer}`,
      '',
    ].join('\n'),
  )
  const known = async (file: string, key: string): Promise<void> =>
    writeFile(at(file), `[127.0.0.1]:${port} ${await readFile(at(`${key}.pub`), 'utf8')}`)
  await known('known_hosts', 'host')
  await known('other_hosts', 'other')
  const daemon = spawn(program, ['-D', '-e', '-f', at('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await listening(daemon)
  return {
    port,
    user: userInfo().username,
    identity: at('login'),
    knownHosts: at('known_hosts'),
    otherHosts: at('other_hosts'),
    folder,
    stop: async () => {
      daemon.removeAllListeners('exit')
      const ended = new Promise((resolve) => daemon.once('exit', resolve))
      daemon.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
