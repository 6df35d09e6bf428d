import test from 'ava'
import { EndlessRegex, compileRegex, encryptedBy } from '../../../src/core/sops/rule.ts'
import type { Rule } from '../../../src/core/sops/rule.ts'

test('a regular expression of Go is taken where JavaScript means the same by it', (t) => {
  const taken: [pattern: string, matches: string[], others: string[]][] = [
    ['^(data|stringData)$', ['data', 'stringData'], ['Data', 'xdata']],
    ['(?i)pass', ['PASSWORD', 'my-pass'], ['word']],
    ['(?is)^a.b$', ['A\nB'], ['a\n\nb']],
    ['foo\\-bar\\_x', ['foo-bar_x'], ['foobar']],
    ['[a\\-z]', ['-'], ['b']],
    ['\\\\-', ['\\-'], ['-']],
    ['', ['anything'], []],
    ['\\p{Lu}', ['aÉ'], ['é']],
  ]
  for (const [pattern, matches, others] of taken) {
    const regex = compileRegex(pattern)!
    for (const key of matches) t.true(regex.test(key), `${pattern} on ${key}`)
    for (const key of others) t.false(regex.test(key), `${pattern} on ${key}`)
  }
  for (const pattern of [
    '(',
    'a(?=b)',
    '(?<!a)b',
    '(a)\\1',
    '\\Aa\\z',
    '[[:alpha:]]',
    '(?P<n>a)',
    '(?U)a',
    '\\Q.\\E',
    'a(?i)b',
  ])
    t.is(compileRegex(pattern), undefined, pattern)
})

test('any key on the way to a value decides', (t) => {
  const rules: [rule: Rule, encrypted: string[][], clear: string[][]][] = [
    [{ by: 'unencrypted_suffix', suffix: '_u' }, [['a'], ['u_']], [['a_u'], ['x_u', 'b']]],
    [{ by: 'encrypted_suffix', suffix: '_e' }, [['a_e', 'b']], [['a'], []]],
    [{ by: 'encrypted_regex', regex: /^s/u }, [['a', 's1', 'b']], [['as'], []]],
    [{ by: 'unencrypted_regex', regex: /^s/u }, [['as'], []], [['a', 's1', 'b']]],
  ]
  for (const [rule, encrypted, clear] of rules) {
    for (const keys of encrypted) t.true(encryptedBy(rule)(keys), `${rule.by} ${keys.join()}`)
    for (const keys of clear) t.false(encryptedBy(rule)(keys), `${rule.by} ${keys.join()}`)
  }
})

test('an expression that does not come to an end is given up', (t) => {
  const rule: Rule = { by: 'encrypted_regex', regex: compileRegex('(a+)+$')! }
  t.throws(() => encryptedBy(rule)([`${'a'.repeat(60)}!`]), { instanceOf: EndlessRegex })
})
