import test from 'ava'
import { scalarWords, valueLines } from '../../src/report/value.ts'

const plain = [
  'web',
  'harbor.example/hub/web:1.0',
  '/var/log',
  '--level=debug',
  '10Gi',
  '250m',
  '1.2.3-rc1',
  'a b',
  'ü',
  '$(NAME)',
]
const quoted = [
  '',
  '1',
  '0x1F',
  '1e3',
  '-5',
  '.5',
  '+1',
  'true',
  'No',
  '~',
  'null',
  ' a',
  'a ',
  '"a"',
  "'a'",
  '12:30',
  '2026-01-01',
  '- a',
  '# a',
  '{a}',
]
for (const text of plain)
  test(`the string ${text} stands without quotes`, (t) => {
    t.is(scalarWords(text), text)
  })
for (const text of quoted)
  test(`the string ${JSON.stringify(text)} stands in quotes, so that it is taken for nothing else`, (t) => {
    t.is(scalarWords(text), JSON.stringify(text))
  })

test('what is no string stands as JSON, integers in full', (t) => {
  t.deepEqual([1, true, null, 9223372036854775807n].map(scalarWords), [
    '1',
    'true',
    'null',
    '9223372036854775807',
  ])
})

test('a masked value is told by its size alone', (t) => {
  t.deepEqual(valueLines({ show: 'masked', bytes: 1 }), ['(masked, 1 byte)'])
})

test('a text is told line by line and each long line is cut', (t) => {
  t.deepEqual(valueLines({ show: 'value', value: 'a\nb\n' }), ['a', 'b'])
  t.deepEqual(valueLines({ show: 'value', value: `${'x'.repeat(400)}\n` }), [
    `${'x'.repeat(300)}… (400 characters)`,
  ])
})
