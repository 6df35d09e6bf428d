import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { ended, root } from '../line/site.ts'
import type { Ended } from '../line/site.ts'

const program = (name: string) => join(root, `src/${name}.ts`)
const stack = /node:internal|^ +at /m

/** A folder that holds a key pair and no site; nothing in it is changed by what follows. */
const folder = await mkdtemp(join(tmpdir(), 'scout-mistakes-'))
test.after.always(() => rm(folder, { recursive: true, force: true }))

const run = (...[name = '', ...args]: string[]): Promise<Ended> =>
  ended('node', [program(name), ...args], { cwd: folder, env: { CI: 'true' } })

test.before('a key pair', async (t) => {
  t.is((await run('scout', 'keys', 'generate', 'a.key', '--no-passphrase')).exitCode, 0)
  await writeFile(join(folder, 'words.txt'), 'These are words.\n')
})

const trust = ['scout', 'keys', 'trust']
const mistakes: [title: string, args: string[], exitCode: number, told: RegExp][] = [
  [
    'a site that is not there',
    ['scout', 'render', '--site', 'absent'],
    1,
    /no releases\/site\.yaml.*--site FOLDER/s,
  ],
  ['a comparison in a folder that is not there', ['scout', 'diff', '--site', 'absent'], 4, /--site FOLDER/],
  ['a folder without a site', ['scout', 'validate'], 1, /no releases\/site\.yaml.*--site FOLDER/s],
  ['a folder where a bundle is asked for', ['scout', 'verify', '.'], 2, /\. is a folder, and no bundle/],
  ['no destination', ['scout', 'ship', 'words.txt'], 2, /where the bundle goes.*--to/s],
  [
    'a destination as scp names it',
    ['scout', 'ship', 'words.txt', '--to', 'me@host:/x'],
    2,
    /sftp:\/\/USER@HOST/,
  ],
  ['a folder that is not there', ['scout', 'ship', 'words.txt', '--to', 'absent'], 4, /no such folder/],
  ['a private key to trust', [...trust, 'a.key', '--cluster', 'c'], 1, /a\.key is a private key.*\.pub/s],
  ['words to trust', [...trust, 'words.txt', '--cluster', 'c'], 1, /words\.txt holds no public key/],
  ['a key twice', [...trust, 'a.pub', 'a.pub', '--cluster', 'c'], 1, /"a" is there twice/],
  ['a threshold in words', [...trust, 'a.pub', '--cluster', 'c', '--threshold', 'two'], 2, /cannot be "two"/],
  [
    'a threshold out of reach',
    [...trust, 'a.pub', '--cluster', 'c', '--threshold', '2'],
    2,
    /there is 1 key/,
  ],
  [
    'a key without a passphrase',
    ['scout', 'keys', 'generate', 'b.key', '--passphrase-file', '.'],
    2,
    /--no-passphrase/,
  ],
  [
    'no trust file on a control plane',
    ['scout-apply', 'words.txt'],
    2,
    /\/etc\/scout\/trust\.yaml.*--trust FILE/s,
  ],
  ['the verb before the bundle', ['scout-apply', 'apply', 'words.txt'], 2, /`scout-apply BUNDLE VERB`/],
]
for (const [title, args, exitCode, told] of mistakes)
  // One after the other: each starts programs, and other files run beside this one.
  test.serial(`answered in words and in JSON, without a stack trace: ${title}`, async (t) => {
    const words = await run(...args)
    t.is(words.exitCode, exitCode, words.stderr)
    t.regex(words.stderr, told)
    t.is(words.stdout, '')
    const json = await run(...args, '--output', 'json')
    t.is(json.exitCode, exitCode)
    t.true((JSON.parse(json.stdout) as { problems: unknown[] }).problems.length > 0)
    const [, secret = ''] = (await readFile(join(folder, 'a.key'), 'utf8')).split('\n')
    for (const text of [words.stderr, json.stdout, json.stderr]) {
      t.notRegex(text, stack)
      t.false(text.includes(secret))
    }
  })

test.serial('a trust file can be had as JSON, and is believed', async (t) => {
  const { stdout, exitCode } = await run(...trust, 'a.pub', '--cluster', 'c', '--output', 'json')
  t.is(exitCode, 0)
  t.like(JSON.parse(stdout), { cluster: 'c', threshold: 1, keys: [{ name: 'a' }] })
  await writeFile(join(folder, 'trust.json'), stdout)
  t.regex((await run('scout', 'verify', 'words.txt', '--trust', 'trust.json')).stderr, /verify\/not-a-bundle/)
})

test.serial('an answer that a full disk loses is a failure of the world, told in a line', async (t) => {
  const { exitCode, stderr } = await ended('bash', [
    '-c',
    'node "$1" --help > /dev/full',
    '-',
    program('scout'),
  ])
  t.is(exitCode, 4)
  t.regex(stderr, /The answer cannot be written.*ENOSPC/)
  t.notRegex(stderr, stack)
})
