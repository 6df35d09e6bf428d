import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import test from 'ava'
import { openTerminal } from '../../src/system/terminal.ts'

const stream = (isTTY: boolean, size: object = {}): PassThrough =>
  Object.assign(new PassThrough(), { isTTY, ...size })

const colours: [title: string, environment: { [name: string]: string }, isTTY: boolean, colour: boolean][] = [
  ['a terminal', {}, true, true],
  ['a pipe', {}, false, false],
  ['a terminal with NO_COLOR', { NO_COLOR: '1' }, true, false],
  ['a terminal with an empty NO_COLOR', { NO_COLOR: '' }, true, true],
  ['a pipe with FORCE_COLOR', { FORCE_COLOR: '1' }, false, true],
  ['both, where FORCE_COLOR wins', { NO_COLOR: '1', FORCE_COLOR: '1' }, false, true],
  ['a terminal with FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ['a dumb terminal', { TERM: 'dumb' }, true, false],
]
for (const [title, environment, isTTY, colour] of colours)
  test(`colours are ${colour ? 'on' : 'off'} for ${title}`, (t) => {
    t.is(openTerminal(stream(isTTY), stream(isTTY), environment).err.colour, colour)
  })

test('each stream is judged by itself', (t) => {
  const { out, err } = openTerminal(stream(false), stream(true), {})
  t.deepEqual([out.isTerminal, err.isTerminal, out.colour, err.colour], [false, true, false, true])
})

test('a dumb terminal cannot be drawn anew', (t) => {
  t.false(openTerminal(stream(true), stream(true), { TERM: 'dumb' }).err.isTerminal)
})

test('the size is that of the terminal now, and 80 by 24 where none is known', (t) => {
  const tty = stream(true, { columns: 132, rows: 50 })
  const { out, err } = openTerminal(stream(false), tty, {})
  t.deepEqual([out.columns(), out.rows(), err.columns(), err.rows()], [80, 24, 132, 50])
  Object.assign(tty, { columns: 0, rows: 10 })
  t.deepEqual([err.columns(), err.rows()], [80, 10])
})

for (const [value, ci] of [
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
  ['', false],
] as const)
  test(`CI=${value} is ${ci ? '' : 'not '}CI`, (t) => {
    t.is(openTerminal(stream(false), stream(false), { CI: value }).ci, ci)
  })

test('a reader that goes away early is no failure: the program goes on and ends with its own code', async (t) => {
  const program = `
    import { openTerminal } from ${JSON.stringify(new URL('../../src/system/terminal.ts', import.meta.url).href)}
    const { out, err } = openTerminal()
    for (let index = 0; index < 50; index++) {
      out.write('x'.repeat(10_000) + '\\n')
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    err.write('went on\\n')
    process.exitCode = 3`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()))
  child.stdout.once('data', () => child.stdout.destroy())
  const [code] = (await once(child, 'close')) as [number]
  t.is(words, 'went on\n')
  t.is(code, 3)
})
