import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { HandoverFolder, SftpAddress } from '../core/effects/handover.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'

export interface SftpOptions {
  /** The known_hosts file to believe instead of the user's own. */
  knownHosts?: string
  /** The private key to log in with, instead of what the agent and ssh's configuration offer. */
  identity?: string
  /** A step (one file there or back) that takes longer is given up; half an hour unless told otherwise. */
  timeoutSeconds?: number
}

/** Seconds until a server that does not answer is given up. */
const patience = 15

const argumentsOf = (address: SftpAddress, { knownHosts, identity }: SftpOptions): string[] => [
  '-b',
  '-',
  '-oBatchMode=yes',
  '-oStrictHostKeyChecking=yes',
  '-oUpdateHostKeys=no',
  '-oClearAllForwardings=yes',
  `-oConnectTimeout=${patience}`,
  `-oServerAliveInterval=${patience}`,
  '-oServerAliveCountMax=3',
  ...(knownHosts === undefined
    ? []
    : [`-oUserKnownHostsFile=${optionPath(knownHosts)}`, '-oGlobalKnownHostsFile=none']),
  ...(identity === undefined ? [] : [`-oIdentityFile=${optionPath(identity)}`, '-oIdentitiesOnly=yes']),
  ...(address.port === undefined ? [] : ['-P', String(address.port)]),
  ...(address.user === undefined ? [] : [`-oUser=${address.user}`]),
  '--',
  address.host.includes(':') ? `[${address.host}]` : address.host,
]

/** A path as an option of ssh takes it: `%` begins a token there, and white space ends a word. */
const optionPath = (path: string): string => `"${path.replaceAll('%', '%%')}"`

/** A path as a word of sftp's batch language. `destinationOf` and `ship` let no quote or pattern come here. */
const quoted = (path: string): string => `"${path}"`

/** What ssh and sftp say, and what it means for the one who ships. The first that is found in their words counts. */
const meanings: { words: RegExp; slug: string; what: (host: string) => string; fix: string }[] = [
  {
    words: /host key verification failed|host identification has changed|no .* host key is known/i,
    slug: 'host-key',
    what: (host) => `The server that answers for ${host} does not have the host key that is known for it.`,
    fix: 'Compare the key with the one that its administrator names, and put that one into known_hosts.',
  },
  {
    words: /permission denied \(|too many authentication failures/i,
    slug: 'login-refused',
    what: (host) => `${host} refuses the login.`,
    fix: 'Load the key into the agent or name it with --identity, and have its public half put on the server.',
  },
  {
    words:
      /could not resolve|connection refused|timed out|no route to host|network is unreachable|connection closed|connection reset|broken pipe/i,
    slug: 'unreachable',
    what: (host) => `${host} cannot be reached, or the line broke.`,
    fix: 'Check host, port and the way there.',
  },
  {
    words: /permission denied/i,
    slug: 'not-writable',
    what: (host) => `The user may not write to the folder on ${host}.`,
    fix: 'Have the right to write given to the user, or name another folder.',
  },
  {
    words: /no such file|not found/i,
    slug: 'no-folder',
    what: (host) => `The folder on ${host} does not exist.`,
    fix: 'Make it there, or name another one.',
  },
]

const failure = (host: string, words: string): Outcome<never> => {
  const meaning = meanings.find((one) => one.words.test(words))
  return bad([
    problem({
      code: `ship/${meaning?.slug ?? 'transfer-failed'}`,
      fault: 'world',
      what: meaning?.what(host) ?? `The transfer to ${host} failed.`,
      where: [{ in: 'command', command: 'sftp' }],
      fix:
        meaning?.fix ??
        'See whether the server has room, and what sftp says with --verbose; then ship again.',
      raw: words,
    }),
  ])
}

const withScratch = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'ship-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * A folder behind an SFTP server, reached with OpenSSH's own `sftp`, one connection a call. The host key must be known;
 * nothing is ever asked for. User configuration (jump hosts, agents, hardware keys) holds as always.
 */
export const openSftp = (address: SftpAddress, options: SftpOptions = {}): HandoverFolder => {
  const { timeoutSeconds = 1800 } = options
  const far = (name: string): string => quoted(`${address.folder.replace(/\/$/, '')}/${name}`)

  /** Runs a batch; gives sftp's words where it failed, or undefined. */
  const run = async (lines: string[]): Promise<Outcome<string | undefined>> => {
    const result = await execa('sftp', argumentsOf(address, options), {
      input: `${lines.join('\n')}\n`,
      reject: false,
      timeout: timeoutSeconds * 1000,
      env: { LC_ALL: 'C' },
    })
    if (result.code === 'ENOENT')
      return bad([
        problem({
          code: 'ship/no-sftp',
          fault: 'world',
          what: 'The program sftp is not installed.',
          fix: 'Install the client of OpenSSH.',
        }),
      ])
    if (result.timedOut)
      return bad([
        problem({
          code: 'ship/timeout',
          fault: 'world',
          what: `${address.host} did not finish within ${timeoutSeconds} seconds.`,
          fix: 'See whether the server and the line are well, and ship again.',
          raw: result.stderr,
        }),
      ])
    if (!result.failed) return good(undefined)
    return good(result.stderr.trim() || result.shortMessage)
  }

  const must = async (lines: string[]): Promise<Outcome<void>> => {
    const ran = await run(lines)
    if (!ran.ok) return ran
    return ran.value === undefined ? good(undefined) : failure(address.host, ran.value)
  }

  return {
    read: (name) =>
      withScratch(async (scratch) => {
        const near = join(scratch, 'file')
        const ran = await run([`get ${far(name)} ${quoted(near)}`])
        if (!ran.ok) return ran
        if (ran.value === undefined) return good(await readFile(near))
        return /^File ".*" not found\.$/m.test(ran.value) ? good(undefined) : failure(address.host, ran.value)
      }),
    write: (name, content) =>
      withScratch(async (scratch) => {
        const near = join(scratch, 'file')
        await writeFile(near, content, { mode: 0o600 })
        // -f: the server brings the file to its disk before it says that it has it.
        return must([`put -f ${quoted(near)} ${far(name)}`, `chmod 644 ${far(name)}`])
      }),
    rename: (from, to) => must([`rename ${far(from)} ${far(to)}`]),
    // The minus: that there is nothing to remove is no failure.
    remove: (name) => must([`-rm ${far(name)}`]),
  }
}
