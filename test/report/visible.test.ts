import test from 'ava'
import { fitted, shortened, visible, visibleLines, widthOf } from '../../src/report/visible.ts'

const cases: [string, string][] = [
  ['plain ü 名 😀', 'plain ü 名 😀'],
  ['a\nb\tc\rd', 'a\\nb\\tc\\rd'],
  ['\u001B[31m', '\\u{1B}[31m'],
  ['\u009B31m\u0000\u007F', '\\u{9B}31m\\u{0}\\u{7F}'],
  ['\u202Egnp', '\\u{202E}gnp'],
  ['\uD800', '\\u{D800}'],
  ['\u{E0041}', '\\u{E0041}'],
]
for (const [text, wanted] of cases)
  test(`${JSON.stringify(text)} is shown as ${JSON.stringify(wanted)}`, (t) => {
    t.is(visible(text), wanted)
  })

test('a last line break makes no line of its own, and carriage returns before line breaks are no characters', (t) => {
  t.deepEqual(visibleLines('a\r\n\tb\n'), ['a', '  b'])
  t.deepEqual(visibleLines('a\rb'), ['a\\rb'])
})

test('wide characters take two columns and combining marks none', (t) => {
  t.is(widthOf('名前'), 4)
  t.is(widthOf('e\u0301'), 1)
  t.is(widthOf('😀'), 2)
})

test('a text is fitted into columns with an ellipsis, never over them', (t) => {
  t.is(fitted('abcdef', 6), 'abcdef')
  t.is(fitted('abcdef', 4), 'abc…')
  t.is(fitted('名前名前', 4), '名…')
  t.is(fitted('abc', 0), '')
})

test('a shortened text says how long it was and is not cut within a character', (t) => {
  t.is(shortened('a'.repeat(2000), 3), 'aaa… (2,000 characters)')
  t.is(shortened('😀😀', 3), '😀… (4 characters)')
})
