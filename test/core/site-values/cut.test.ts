import test from 'ava'
import { cutOut } from '../../../src/core/site-values/cut.ts'
import { writtenAt } from '../../../src/core/site-values/written.ts'

const pem = (letters: string): string =>
  `-----BEGIN CERTIFICATE-----\n${letters}\n${letters}\n-----END CERTIFICATE-----`
const one = pem('QUJD')
const two = pem('REVG')

const cuts: [claim: string, text: string, after: string, before: string, value: string | undefined][] = [
  ['the whole text', 'abc', '', '', 'abc'],
  ['the whole text without the line ends at its end', 'abc\n\n', '', '', 'abc'],
  ['the text up to what stands behind it', 'abc@host', '', '@', 'abc'],
  ['the text from what stands before it', 'user:abc', 'user:', '', 'abc'],
  ['what stands between, the first time', 'a=1;b=2;a=3;', 'a=', ';', '1'],
  ['a block of PEM, in which nothing is looked for', `${one}\n`, '', '\n', one],
  ['the first certificate of a chain', `${one}\n${two}\n`, '', '\n', one],
  ['the second one', `${one}\n${two}\n`, '-----END CERTIFICATE-----\n', '', two],
  [
    'an indented block, without its indentation',
    `ca: |\n  ${one.replaceAll('\n', '\n  ')}\nb: c`,
    'ca: |\n  ',
    '\n',
    one,
  ],
  ['an escaped block, as it is meant', JSON.stringify({ ca: `${one}\n` }), '"ca":"', '"', one],
  ['nothing, where what stands before it is gone', 'abc', 'user:', '', undefined],
  ['nothing, where what stands behind it is gone', 'user:abc', '', '@', undefined],
  ['nothing, where it is empty', 'user:\n', 'user:', '', undefined],
]
for (const [claim, text, after, before, value] of cuts)
  test(`cut out is ${claim}, and it can be put back`, (t) => {
    const cut = cutOut(text, { after, before })
    if (cut === undefined || cut === 'unfit') {
      t.is(cut, undefined)
      t.is(value, undefined)
      return
    }
    t.is<string | undefined, string | undefined>(cut.value, value)
    const written = writtenAt(text, cut.start, cut.end, { text: cut.value, made: true })
    t.is(text.slice(0, cut.start) + written + text.slice(cut.end), text)
  })

test('several lines in the middle of one cannot be put back, which is told', (t) => {
  t.is(cutOut(`ca=${one}\n`, { after: 'ca=', before: '' }), 'unfit')
})
