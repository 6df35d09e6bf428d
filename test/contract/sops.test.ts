import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { execa } from 'execa'
import type { Sealer } from '../../src/core/effects/sealer.ts'
import { canonicalJson, parseJson } from '../../src/core/json.ts'
import type { Json, JsonObject } from '../../src/core/json.ts'
import type { Outcome } from '../../src/core/problem.ts'
import { readYaml } from '../../src/core/yaml/read.ts'
import { writeYaml } from '../../src/core/yaml/write.ts'
import { openSealer } from '../../src/system/sealer.ts'
import { findPrograms } from '../control-plane/build.ts'

/** The real programs, a folder, an identity that age-keygen made, and a sealer with it. */
interface Bench {
  folder: string
  recipient: string
  identityFile: string
  sealer: Sealer
  sops: (
    args: string[],
    env?: { [name: string]: string },
  ) => Promise<{ exitCode?: number; stdout: string; stderr: string }>
  age: (args: string[], input?: Uint8Array | string) => Promise<Uint8Array>
  keygen: (name: string) => Promise<{ file: string; recipient: string }>
}

let time = Date.parse('2030-01-02T03:04:05.678Z')
const clock = { now: () => (time += 1000), sleep: async () => {} }

const valueOf = <T>(outcome: Outcome<T>): T => {
  if (outcome.ok) return outcome.value
  throw new Error(outcome.problems.map(({ code, what }) => `${code}: ${what}`).join('\n'))
}

let bench: Bench
let made: string | undefined
test.before(async (t) => {
  t.timeout(10 * 60_000)
  const programs = await findPrograms(['sops', 'age', 'age-keygen'])
  const folder = await mkdtemp(join(tmpdir(), 'scout-sops-'))
  made = folder
  const keygen: Bench['keygen'] = async (name) => {
    const file = join(folder, name)
    await execa(programs['age-keygen'], ['-o', file])
    return { file, recipient: (await execa(programs['age-keygen'], ['-y', file])).stdout }
  }
  const { file: identityFile, recipient } = await keygen('identity.txt')
  bench = {
    folder,
    recipient,
    identityFile,
    keygen,
    sealer: valueOf(await openSealer({ environment: { SOPS_AGE_KEY_FILE: identityFile }, clock })),
    sops: (args, env = {}) =>
      execa(programs.sops, args, {
        cwd: folder,
        reject: false,
        extendEnv: false,
        stripFinalNewline: false,
        env: { HOME: folder, PATH: process.env['PATH'] ?? '', SOPS_AGE_KEY_FILE: identityFile, ...env },
      }),
    age: async (args, input) =>
      (
        await execa(programs.age, args, {
          cwd: folder,
          encoding: 'buffer',
          // The last byte of what is encrypted may be one.
          stripFinalNewline: false,
          ...(input === undefined ? {} : { input }),
        })
      ).stdout,
  }
})
test.after.always(async () => {
  if (made !== undefined) await rm(made, { recursive: true, force: true })
})

let count = 0
const write = async (text: string, extension = 'yaml'): Promise<string> => {
  const file = join(bench.folder, `${(count += 1)}.${extension}`)
  await writeFile(file, text)
  return file
}

/** What sops decrypts a text to; undefined where it refuses. */
const decrypted = async (text: string, extension = 'yaml'): Promise<Json | undefined> => {
  const file = await write(text, extension)
  const { exitCode, stdout } = await bench.sops(['decrypt', '--output-type', 'json', file])
  return exitCode === 0 ? parseJson(stdout) : undefined
}

const encrypted = async (plain: string, flags: string[] = [], extension = 'yaml'): Promise<string> => {
  const file = await write(plain, extension)
  const { exitCode, stdout, stderr } = await bench.sops([
    '--encrypt',
    '--age',
    bench.recipient,
    ...flags,
    file,
  ])
  if (exitCode !== 0) throw new Error(stderr)
  return stdout
}

const everything = `# a comment at the top
string: hello
empty: ""
"null": null
nothing:
word: yes
quoted: "42"
unicode: "héllo ☃ 😀 \\u2028 end"
lines: |
  one
    two
folded: >-
  one
  two
int: 42
negative: -7
octal: 0777
hex: 0x1F
underscored: 1_000
big: 9223372036854775807
small: -9223372036854775808
float: 1.50
whole: 3.0
large: 1e30
tiny: -1.25e-9
long: 0.1234567890123456789
tilde: ~
yes-and-no: [true, FALSE, True, on, off]
date: 2020-1-2
time: 2020-01-02T03:04:05.1200Z
offset: 2020-01-02t03:04:05+02:00
spaced: 2020-01-02 03:04:05.5
no-time: 2020-02-31
version: 1.2.3
"key: with colon": x
'it''s': y
__proto__: { polluted: 1 }
map:
  # a comment in a map
  deep: # beside a key
    deeper: value # beside a value
list:
  # the first comment
  - one
  - 2 # two
  # before a map
  - a: 1
    b: [x, [y, []]]
  # the last comment
empty-map: {}
empty-list: []
clear_unencrypted: { int: 0x10, bool: True, float: 1.50, date: 2021-02-03, word: yes, none: ~, text: "a\\nb" }
# the end
`

const documents: [title: string, plain: string, flags?: string[], extension?: string][] = [
  ['every type of value, and comments everywhere', everything],
  // In clear sops itself takes it for another value than it counted.
  ['minus zero', 'a: -0.0'],
  ['encrypted_regex', everything, ['--encrypted-regex', '^(map|list|string)$']],
  [
    'encrypted_regex with flags and escapes',
    everything,
    ['--encrypted-regex', '(?i)^(MAP|yes\\-and\\-no|LI.T)$'],
  ],
  ['unencrypted_regex', everything, ['--unencrypted-regex', '^(un|f).*d$|deep']],
  ['encrypted_suffix', everything, ['--encrypted-suffix', 's']],
  ['unencrypted_suffix', everything, ['--unencrypted-suffix', 'list']],
  ['a MAC over encrypted values alone', everything, ['--mac-only-encrypted', '--encrypted-regex', '^map$']],
  [
    'JSON',
    '{"10": "ten", "2": [1, -2.5, 1e3, 12345678901234567890, true, null, "", {}, []], "a/b~c": {"x": "\\ud83d\\ude00"}}',
    [],
    'json',
  ],
  ['nothing in it', '{}', [], 'json'],
  [
    'a Secret',
    'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {password: p}\n',
    ['--encrypted-regex', '^(data|stringData)$'],
  ],
]
for (const [title, plain, flags = [], extension = 'yaml'] of documents)
  test(`what sops encrypts is opened to what sops decrypts: ${title}`, async (t) => {
    const text = await encrypted(plain, flags, extension)
    const opened = valueOf(await bench.sealer.openSealed(text, `sealed.${extension}`))
    const told = (await decrypted(text, extension))!
    t.is(canonicalJson(opened.values), canonicalJson(told))
    t.deepEqual(opened.recipients, [bench.recipient])
    t.is(opened.sealed.length, text.match(/ENC\[[^\]]*type:(?!comment)/g)!.length - 1, 'all but the MAC')
    const again = await bench.sealer.seal(opened.values, { previous: { text, file: 'sealed' } })
    t.is(valueOf(again), text, 'nothing changed, so not a byte did')
  })

test('a document that was sealed for many is opened by each', async (t) => {
  const other = await bench.keygen('other.txt')
  const text = await encrypted('a: 1', ['--age', `${other.recipient},${bench.recipient}`])
  const sealer = valueOf(await openSealer({ identityFile: other.file, environment: {}, clock }))
  for (const one of [bench.sealer, sealer])
    t.deepEqual(valueOf(await one.openSealed(text, 'x')).values, { a: 1 })
  const both = await write(
    `# two\n${await readFile(other.file, 'utf8')}\n\n${await readFile(bench.identityFile, 'utf8')}`,
    'txt',
  )
  const two = valueOf(await openSealer({ identityFile: both, environment: {}, clock }))
  t.deepEqual(two.publicKeys, [other.recipient, bench.recipient])
  const mine = await encrypted('b: 2')
  t.deepEqual(valueOf(await two.openSealed(mine, 'x')).values, { b: 2 })
})

const strings = [
  '',
  ' ',
  'yes',
  'null',
  '~',
  '0777',
  '1e3',
  '2020-01-01',
  '<<',
  '=',
  'a: b',
  '- x',
  '#c',
  'x\ny\n',
  '\t',
  'ENC[AES256_GCM,data:x]',
  '😀\u2028\u0085\u0000',
  '"\'\\',
]
const values: [title: string, values: JsonObject][] = [
  ['nothing', {}],
  [
    'types',
    {
      a: 'x',
      b: 1,
      c: -1.5,
      d: true,
      e: false,
      f: null,
      g: [],
      h: {},
      i: [[], [1, ['y']], {}],
      j: 1e21,
      k: 5e-324,
      l: 1e16,
    },
  ],
  ['64 bits', { max: 9223372036854775807n, min: -9223372036854775808n, near: 9007199254740993n }],
  [
    'strings that could be something else',
    Object.fromEntries(strings.map((text, index) => [`k${index}`, text])),
  ],
  [
    'keys that could be something else',
    Object.fromEntries(
      strings.filter((key) => key !== '' && key !== '<<').map((key) => [key, { [key]: key }]),
    ),
  ],
  ['many lists of lists', { a: [{ b: [{ c: [1, 2, { d: 'e' }] }] }, 'f'] }],
]
for (const [title, given] of values)
  for (const encryptedRegex of [undefined, '^k1|max$'])
    test(`what is sealed here, sops decrypts to the same values: ${title}${encryptedRegex ? ', a part of it' : ''}`, async (t) => {
      const options = { recipients: [bench.recipient], ...(encryptedRegex ? { encryptedRegex } : {}) }
      const text = valueOf(await bench.sealer.seal(given, options))
      t.is(canonicalJson((await decrypted(text)) ?? 'refused'), canonicalJson(given))
      const { stdout } = await bench.sops(['decrypt', await write(text)])
      const [document] = valueOf(readYaml(stdout, 'decrypted'))
      t.is(canonicalJson(document!.value), canonicalJson(given), 'and so does helm read them')
    })

const before = { keep: 'kept', change: 1, remove: 'x', list: ['a', { b: 'c' }, 'd'], map: { x: 1, y: 2 } }
const changes: [title: string, after: JsonObject, kept: number][] = [
  ['a value', { ...before, change: 'two' }, 7],
  ['a value within a list', { ...before, list: ['a', { b: 'other' }, 'd'] }, 7],
  ['a key added', { ...before, zero: 0, list: before.list }, 8],
  ['a key removed', { keep: 'kept', change: 1, list: before.list, map: before.map }, 7],
  ['an item before the others', { ...before, list: ['new', ...before.list] }, 8],
  ['an item taken away', { ...before, list: ['a', 'd'] }, 7],
  ['a map where text was', { ...before, keep: { now: ['a', 'map'] } }, 7],
  ['text where a list was', { ...before, list: 'text' }, 5],
  ['all of it', { x: 'y' }, 0],
]
const sealedFirst: [by: string, seal: () => Promise<string>][] = [
  ['here', async () => valueOf(await bench.sealer.seal(before, { recipients: [bench.recipient] }))],
  ['by sops', async () => encrypted(`# c\n${JSON.stringify(before).replace('{', '{ # d\n')}`)],
  ['by sops in JSON', async () => encrypted(JSON.stringify(before), [], 'json')],
]
for (const [by, seal] of sealedFirst)
  for (const [title, after, kept] of changes)
    test(`what was sealed ${by} and changed here, sops decrypts, and the rest keeps its ciphertext: ${title}`, async (t) => {
      const extension = by.endsWith('JSON') ? 'json' : 'yaml'
      const first = await seal()
      const second = valueOf(await bench.sealer.seal(after, { previous: { text: first, file: 'x' } }))
      t.is(canonicalJson((await decrypted(second, extension)) ?? 'refused'), canonicalJson(after))
      const leaves = first.match(/ENC\[[^\]]*type:(?:str|int)\]/g)!
      t.is(leaves.filter((leaf) => second.includes(leaf)).length, kept)
      const stays = (text: string): string[] => text.match(/#ENC.*|age1\w+|version.*/g)!
      // What was left of the map that a comment stood in is nothing.
      if (kept > 0) t.deepEqual(stays(second), stays(first))
    })

for (const extension of ['yaml', 'json'])
  test(`odd text in clear that sops wrote in ${extension} stays what it is where something beside it changes`, async (t) => {
    const odd = Object.fromEntries(
      [...strings, 'l1\nl2\n', '\u007f'].map((text, index) => [
        `${index}${text.replace('\u0000', '')}`,
        [text, { [`k${text}`]: text }],
      ]),
    ) as JsonObject
    const plain = extension === 'json' ? canonicalJson(odd) : writeYaml(odd)
    const text = await encrypted(plain, ['--encrypted-regex', '^added$'], extension)
    const after = { ...odd, added: 'sealed' }
    const changed = valueOf(await bench.sealer.seal(after, { previous: { text, file: 'x' } }))
    t.is(canonicalJson((await decrypted(changed, extension)) ?? 'refused'), canonicalJson(after))
    t.is(changed.match(/type:str\]/g)!.length, 2, 'the new value and the MAC')
  })

test('what sops changes in a document from here is opened here', async (t) => {
  const text = valueOf(await bench.sealer.seal(before, { recipients: [bench.recipient] }))
  const file = await write(text)
  const run = async (...args: string[]): Promise<void> => {
    const { exitCode, stderr } = await bench.sops(args, {
      SOPS_EDITOR: `sed -i 's/kept/edited/'`,
      EDITOR: `sed -i s/kept/edited/`,
    })
    t.is(exitCode, 0, stderr)
  }
  const values = async (): Promise<JsonObject> =>
    valueOf(await bench.sealer.openSealed(await readFile(file, 'utf8'), file)).values
  await run('set', file, '["map"]["new"]', '{"n": [1, 2.5, "x"]}')
  t.deepEqual(await values(), { ...before, map: { x: 1, y: 2, new: { n: [1, 2.5, 'x'] } } })
  await run('unset', file, '["remove"]')
  const { remove: _, ...rest } = before
  t.deepEqual(await values(), { ...rest, map: { x: 1, y: 2, new: { n: [1, 2.5, 'x'] } } })
  await run('edit', file)
  t.is((await values())['keep'], 'edited')
  const old = await readFile(file, 'utf8')
  await run('rotate', '--in-place', file)
  t.is((await values())['keep'], 'edited')
  t.not(await readFile(file, 'utf8'), old)
})

test('a recipient that is added here opens the document with sops, and nothing else of it changes', async (t) => {
  const other = await bench.keygen('added.txt')
  const text = await encrypted(everything)
  const { values } = valueOf(await bench.sealer.openSealed(text, 'x'))
  const recipients = [bench.recipient, other.recipient]
  const more = valueOf(await bench.sealer.seal(values, { previous: { text, file: 'x' }, recipients }))
  const { exitCode, stderr } = await bench.sops(['decrypt', await write(more)], {
    SOPS_AGE_KEY_FILE: other.file,
  })
  t.is(exitCode, 0, stderr)
  const sealedIn = (one: string): string[] => one.match(/ENC\[[^\]]*\]/g)!
  t.deepEqual(sealedIn(more), sealedIn(text), 'the MAC included')
  t.is(/lastmodified: .*/.exec(more)![0], /lastmodified: .*/.exec(text)![0])
})

const secret = 'Xq7-known-secret'
const tampering: [title: string, alter: (text: string) => string][] = [
  ...['data', 'iv', 'tag'].map(
    (part) =>
      [
        `the ${part} of a value`,
        (text: string) =>
          text.replace(new RegExp(`(?<=^a: .*${part}:)(.)`, 'm'), (first) => (first === 'A' ? 'B' : 'A')),
      ] as [string, (text: string) => string],
  ),
  ['a value cut off', (text) => text.replace(/^(a: .{40}).*/m, '$1')],
  ['a value in clear', (text) => text.replace(/^a: .*/m, 'a: clear')],
  ['a number in clear', (text) => text.replace(/^a: .*/m, 'a: 5')],
  ['an unknown type', (text) => text.replace(/^(a: .*)type:str/m, '$1type:blob')],
  ['a type that the text is not of', (text) => text.replace(/^(a: .*)type:str/m, '$1type:int')],
  ['a comment made of a value', (text) => text.replace(/^(a: .*)type:str/m, '$1type:comment')],
  ['a value under another key', (text) => text.replace(/^a: /m, 'z: ')],
  ['two values exchanged', (text) => text.replace(/^a: (.*)\nb: (.*)/m, 'a: $2\nb: $1')],
  ['two items exchanged', (text) => text.replace(/^( +- ENC.*\n)( +- ENC.*\n)/m, '$2$1')],
  ['two keys exchanged', (text) => text.replace(/^(a: .*\n)(b: .*\n)/m, '$2$1')],
  ['a value removed', (text) => text.replace(/^b: .*\n/m, '')],
  ['an item removed', (text) => text.replace(/^ +- ENC.*\n/m, '')],
  [
    'an empty value filled',
    (text) => text.replace(/^e: .*/m, (line) => `e: ${/ENC.*/.exec(text)?.[0] ?? line}`),
  ],
  ['a value emptied', (text) => text.replace(/^a: .*/m, 'a: ""')],
  ['a clear value altered', (text) => text.replace('c_unencrypted: 1', 'c_unencrypted: 2')],
  ['a value added', (text) => `n_unencrypted: 1\n${text}`],
  [
    'the MAC altered',
    (text) => text.replace(/(?<= mac: .*data:)(.)/, (first) => (first === 'A' ? 'B' : 'A')),
  ],
  ['the MAC emptied', (text) => text.replace(/ mac: .*/, ' mac: ""')],
  ['the MAC missing', (text) => text.replace(/ +mac: .*\n/, '')],
  [
    'the MAC of another document',
    (text) => text.replace(/ mac: .*/, ` mac: ${/^a: (.*)/m.exec(text)?.[1] ?? ''}`),
  ],
  ['the time altered', (text) => text.replace(/(lastmodified: "\d{3})\d/, '$19')],
  ['the time missing', (text) => text.replace(/ +lastmodified: .*\n/, '')],
  ['another rule', (text) => text.replace('unencrypted_suffix: _unencrypted', 'encrypted_suffix: a')],
  ['two rules', (text) => text.replace('unencrypted_suffix:', 'encrypted_regex: a\n    unencrypted_suffix:')],
  [
    'the data key altered',
    (text) => text.replace(/(?<=FILE-----\n(?:.*\n){3}.{30})(.)/, (first) => (first === 'A' ? 'B' : 'A')),
  ],
  ['nobody to open it', (text) => text.replace(/ +- enc: [^]*recipient: .*\n/, '')],
  ['no metadata', (text) => text.replace(/^sops:[^]*/m, '')],
  ['a key twice', (text) => text.replace(/^(a: .*\n)/m, '$1$1')],
]
for (const [title, alter] of tampering)
  test(`a document that was tampered with is refused by sops and here: ${title}`, async (t) => {
    const text = await encrypted(`a: ${secret}\nb: second\nl: [one, two]\ne: ""\nc_unencrypted: 1\n`)
    const altered = alter(text)
    t.not(altered, text)
    t.is(await decrypted(altered), undefined)
    const opened = await bench.sealer.openSealed(altered, 'site.yaml')
    t.false(opened.ok)
    if (opened.ok) return
    t.false(canonicalJson(opened.problems as unknown as Json).includes(secret))
    for (const { code, what } of opened.problems) {
      t.regex(code, /^sops\//)
      t.regex(what, /site\.yaml/)
    }
  })

test('files of age are read both ways, armored or not, of any size', async (t) => {
  for (const size of [0, 1, 65_536, 200_000]) {
    const bytes = Buffer.alloc(size, 'backup')
    for (const armor of [true, false]) {
      const ours = valueOf(await bench.sealer.sealBytes(bytes, [bench.recipient], { armor }))
      t.is(Buffer.from(ours).toString('latin1').startsWith('-----BEGIN AGE ENCRYPTED FILE-----\n'), armor)
      t.deepEqual(Buffer.from(await bench.age(['--decrypt', '-i', bench.identityFile], ours)), bytes)
      const theirs = await bench.age(
        ['--encrypt', '-r', bench.recipient, ...(armor ? ['--armor'] : [])],
        bytes,
      )
      t.deepEqual(Buffer.from(valueOf(await bench.sealer.openBytes(theirs, 'x'))), bytes)
    }
  }
})

test('a backup for many is opened by each of them with age', async (t) => {
  const other = await bench.keygen('backup.txt')
  const sealed = valueOf(await bench.sealer.sealBytes(Buffer.from('x'), [bench.recipient, other.recipient]))
  for (const file of [bench.identityFile, other.file])
    t.is(Buffer.from(await bench.age(['--decrypt', '-i', file], sealed)).toString(), 'x')
})

test('a post-quantum identity of age works as any other', async (t) => {
  const file = join(bench.folder, 'pq.txt')
  const programs = await findPrograms(['age-keygen'])
  await execa(programs['age-keygen'], ['-pq', '-o', file])
  const sealer = valueOf(await openSealer({ identityFile: file, environment: {}, clock }))
  const text = valueOf(await sealer.seal({ a: 'x' }, { recipients: sealer.publicKeys }))
  const { stdout, stderr } = await bench.sops(['decrypt', await write(text)], { SOPS_AGE_KEY_FILE: file })
  t.is(stdout, 'a: x\n', stderr)
})
