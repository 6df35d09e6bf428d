import test from 'ava'
import { goPattern } from '../../../src/staging/validate/pattern.ts'

const table: [pattern: string, fits: string[], fitsNot: string[]][] = [
  ['^[a-z]+$', ['abc'], ['ABC', 'a1']],
  ['(?i)^[a-z]+$', ['ABC'], ['1']],
  ['^(?P<name>a)b$', ['ab'], ['b']],
  ['\\Aab\\z', ['ab'], ['xab', 'abx']],
  ['^[[:alpha:]][[:digit:]]*$', ['a12'], ['1a']],
  ['^[\\w\\-\\_]+$', ['a-_'], ['a b']],
  ['^\\p{L}+$', ['äß'], ['1']],
  ['^.$', ['😀'], ['ab']],
  ['^[a-zA-Z0-9\\"]+$', ['a"b'], ["a'b"]],
  ['^[\\x{4e00}-\\x{9fa5}]+$', ['中文'], ['x', '{4e00}']],
  ['^\\pL+$', ['äß', 'pL'], ['1']],
  ['^(a+)+$', ['aaa', 'a'.repeat(10_000)], [`${'a'.repeat(10_000)}!`, `${'a'.repeat(10_000)}ä`]],
  ['^([\\w.]+-?)*x$', ['a-x'], [`${'a.'.repeat(1000)}-!`]],
]

for (const [pattern, fits, fitsNot] of table) {
  test(`${pattern} means what it means to Go`, (t) => {
    const found = goPattern(pattern)
    for (const text of fits) t.true(found?.test(text), text)
    for (const text of fitsNot) t.false(found?.test(text), text)
  })
}

for (const pattern of [
  '(',
  '(?U)a+',
  'a**',
  '\\C(',
  '\\C',
  '^\\p{Greek}+$',
  '^\\Qa.b\\E$',
  '[[:^alpha:]]',
  '\\a',
]) {
  test(`${pattern} has no equal, and nothing is thrown`, (t) => {
    t.is(goPattern(pattern), undefined)
  })
}
