import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'

const source = new URL('../../src/system/process.ts', import.meta.url).href

/** Runs `work` as a program does, with pipes; `slowly`: nothing is read for a while. */
const ran = async (work: string, slowly = false) => {
  const script = `import { runToEnd } from '${source}'\nrunToEnd(async () => { ${work} })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (slowly) await sleep(1000)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { stdout, stderr, code: code as number }
}

test('a program ends with its exit code, whatever else would keep the process up', async (t) => {
  const minute = 60_000
  const { stdout, code } = await ran(
    `setTimeout(() => console.log('late'), ${minute}); console.log('done'); return 3`,
  )
  t.is(stdout, 'done\n')
  t.is(code, 3)
})

test('all that was printed comes out, also where nobody reads for a while', async (t) => {
  const size = 3_000_000
  const work = `process.stdout.write('o'.repeat(${size})); process.stderr.write('e'.repeat(${size})); return 0`
  const { stdout, stderr, code } = await ran(work, true)
  t.is(stdout.length, size)
  t.is(stderr.length, size)
  t.is(code, 0)
})

test('what is thrown is told in a line, and ends with the exit code of a bug', async (t) => {
  const { stdout, stderr, code } = await ran(`throw new Error('oh')`)
  t.is(stdout, '')
  t.regex(stderr, /^error bug: oh\n/)
  t.is(code, 70)
})
