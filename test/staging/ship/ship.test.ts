import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { sha256 } from '../../../src/core/digest.ts'
import type { HandoverFolder } from '../../../src/core/effects/handover.ts'
import { ship } from '../../../src/staging/ship/ship.ts'
import type { Ways } from '../../../src/staging/ship/ship.ts'
import { openDrop } from '../../../src/system/drop.ts'
import { openSftp } from '../../../src/system/sftp.ts'
import type { SftpOptions } from '../../../src/system/sftp.ts'
import { isSshdThere, startSshd } from '../../system/sshd.ts'
import type { Sshd } from '../../system/sshd.ts'

const bytes = Buffer.from('content of a bundle\n'.repeat(5000))
const name = 'sample-production-1.0.0.tgz'

const ways = (options: SftpOptions = {}): Ways => ({
  openFolder: openDrop,
  openSftp: (address) => openSftp(address, options),
})

const codeOf = async (running: ReturnType<typeof ship>): Promise<string> => {
  const outcome = await running
  return outcome.ok
    ? outcome.value.written
      ? 'written'
      : 'there already'
    : outcome.problems.map(({ code }) => code).join(' ')
}

/** The folder to ship to, and what ships to it: once a plain folder, once the same behind a real sshd. */
interface Way {
  folder: string
  send(content?: Uint8Array): ReturnType<typeof ship>
}

const plainWay = async (t: ExecutionContext): Promise<Way> => {
  const folder = await mkdtemp(join(tmpdir(), 'ship-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  return { folder, send: (content = bytes) => ship({ bytes: content, name, to: folder }, ways()) }
}

const urlOf = (sshd: Sshd, folder: string): string =>
  `sftp://${sshd.user}@127.0.0.1:${sshd.port}${encodeURI(folder)}`
const loginOf = ({ knownHosts, identity }: Sshd): SftpOptions => ({ knownHosts, identity })

const started = async (t: ExecutionContext, sftpServer?: string): Promise<Sshd> => {
  const sshd = await startSshd(sftpServer)
  t.teardown(() => sshd.stop())
  return sshd
}

const sftpWay = async (t: ExecutionContext): Promise<Way> => {
  const sshd = await started(t)
  const folder = join(sshd.folder, 'in box')
  await mkdir(folder)
  return {
    folder,
    send: (content = bytes) => ship({ bytes: content, name, to: urlOf(sshd, folder) }, ways(loginOf(sshd))),
  }
}

const sftpTest = isSshdThere() ? test : test.skip

for (const [where, open, claim] of [
  ['a folder', plainWay, test],
  ['a real sshd (run scripts/test-programs.sh if this is skipped)', sftpWay, sftpTest],
] as const) {
  claim(
    `a file is placed whole in ${where}, readable for all, with a checksum beside it and nothing else`,
    async (t) => {
      const { folder, send } = await open(t)
      const outcome = await send()
      if (!outcome.ok) return t.fail(`${outcome.problems[0].what} ${outcome.problems[0].raw}`)
      t.deepEqual((await readdir(folder)).sort(), [name, `${name}.sha256`])
      t.deepEqual(await readFile(join(folder, name)), bytes)
      t.is((await stat(join(folder, name))).mode & 0o777, 0o644)
      t.is(outcome.value.digest, sha256(bytes))
      t.notThrows(() =>
        execFileSync('sha256sum', ['--check', '--strict', `${name}.sha256`], { cwd: folder, stdio: 'pipe' }),
      )
    },
  )

  claim(`the same file in ${where} is not written again, and a lost checksum comes back`, async (t) => {
    const { folder, send } = await open(t)
    t.is(await codeOf(send()), 'written')
    await rm(join(folder, `${name}.sha256`))
    const before = await stat(join(folder, name), { bigint: true })
    t.is(await codeOf(send()), 'there already')
    t.is((await stat(join(folder, name), { bigint: true })).ino, before.ino)
    t.is((await readdir(folder)).length, 2)
  })

  claim(`another file of the same name in ${where} is left as it is`, async (t) => {
    const { folder, send } = await open(t)
    await send()
    t.is(await codeOf(send(Buffer.from('other'))), 'ship/other-file')
    t.deepEqual(await readFile(join(folder, name)), bytes)
  })
}

test('a folder that does not exist is refused and not made', async (t) => {
  const { folder } = await plainWay(t)
  t.is(await codeOf(ship({ bytes, name, to: join(folder, 'usb') }, ways())), 'ship/folder-failed')
  t.deepEqual(await readdir(folder), [])
})

test('a link in the place of the file is not followed', async (t) => {
  const { folder, send } = await plainWay(t)
  await writeFile(join(folder, 'elsewhere'), 'untouched')
  await symlink(join(folder, 'elsewhere'), join(folder, name))
  t.is(await codeOf(send()), 'ship/folder-failed')
  t.is(await readFile(join(folder, 'elsewhere'), 'utf8'), 'untouched')
})

test('a medium that gives back other bytes than it was given is found out, and nothing is left on it', async (t) => {
  const { folder } = await plainWay(t)
  const forgetful = (path: string): HandoverFolder => {
    const drop = openDrop(path)
    return { ...drop, write: (to, content) => drop.write(to, content.subarray(0, -1)) }
  }
  const outcome = ship({ bytes, name, to: folder }, { ...ways(), openFolder: forgetful })
  t.is(await codeOf(outcome), 'ship/damaged')
  t.deepEqual(await readdir(folder), [])
})

sftpTest('a server with another host key than the known one gets nothing', async (t) => {
  const sshd = await started(t)
  const folder = join(sshd.folder, 'inbox')
  await mkdir(folder)
  const to = urlOf(sshd, folder)
  t.is(
    await codeOf(ship({ bytes, name, to }, ways({ ...loginOf(sshd), knownHosts: sshd.otherHosts }))),
    'ship/host-key',
  )
  t.deepEqual(await readdir(folder), [])
})

sftpTest('a server that nobody knows gets nothing, and is not remembered', async (t) => {
  const sshd = await started(t)
  const folder = join(sshd.folder, 'inbox')
  await mkdir(folder)
  const empty = join(sshd.folder, 'empty_hosts')
  await writeFile(empty, '')
  const outcome = ship(
    { bytes, name, to: urlOf(sshd, folder) },
    ways({ ...loginOf(sshd), knownHosts: empty }),
  )
  t.is(await codeOf(outcome), 'ship/host-key')
  t.is(await readFile(empty, 'utf8'), '')
  t.deepEqual(await readdir(folder), [])
})

sftpTest('each failure of sftp has its own name', async (t) => {
  const sshd = await started(t)
  const send = (folder: string, options = loginOf(sshd), port = sshd.port) =>
    codeOf(ship({ bytes, name, to: urlOf({ ...sshd, port }, folder) }, ways(options)))
  t.is(await send(join(sshd.folder, 'absent')), 'ship/no-folder')
  t.is(
    await send(sshd.folder, { ...loginOf(sshd), identity: join(sshd.folder, 'other') }),
    'ship/login-refused',
  )
  t.is(await send(sshd.folder, loginOf(sshd), 1), 'ship/unreachable')
})

const faulty = `exec ${process.execPath} ${join(import.meta.dirname, 'faulty-sftp-server.ts')}`
const broken: [title: string, server: string, code: string][] = [
  ['a line that breaks in the middle', `${faulty} break`, 'ship/unreachable'],
  ['a server that stores other bytes', `${faulty} alter`, 'ship/damaged'],
  ['a server that says nothing', 'exec sleep 60', 'ship/timeout'],
  [
    'a file larger than the server takes',
    // Ignored, the signal becomes an error of the write, as on a full disk.
    "trap '' XFSZ; ulimit -f 16; exec /usr/lib/openssh/sftp-server",
    'ship/transfer-failed',
  ],
]

for (const [title, command, code] of broken)
  sftpTest(`${title} leaves no file of the bundle's name`, async (t) => {
    const scripts = await mkdtemp(join(tmpdir(), 'ship-server-'))
    t.teardown(() => rm(scripts, { recursive: true }))
    const wrapper = join(scripts, 'sftp-server')
    await writeFile(wrapper, `#!/bin/sh\n${command}\n`)
    await chmod(wrapper, 0o755)
    const sshd = await started(t, wrapper)
    const folder = join(sshd.folder, 'inbox')
    await mkdir(folder)
    t.is(
      await codeOf(
        ship({ bytes, name, to: urlOf(sshd, folder) }, ways({ ...loginOf(sshd), timeoutSeconds: 10 })),
      ),
      code,
    )
    t.deepEqual(
      (await readdir(folder)).filter((file) => !file.endsWith('.part')),
      [],
    )
  })
