import test from 'ava'
import { printComparison } from '../../src/report/comparison-text.ts'
import { golden } from '../golden/golden.ts'
import { everyChange, hostile, manyChanges } from './comparisons.ts'

const options = { title: 'production against origin/main (1a2b3c4)', colour: false, verbose: false }

test('a comparison starts with its summary and its risks, then tells each release, object and field', (t) => {
  golden(t, 'report/comparison.txt', printComparison(everyChange, options))
})

test('colours are added only where they are wanted, and change no word', (t) => {
  const coloured = printComparison(everyChange, { ...options, colour: true })
  t.not(coloured, printComparison(everyChange, options))
  t.is(coloured.replace(/\u001B\[\d+m/g, ''), printComparison(everyChange, options))
})

test('nothing changed is one line', (t) => {
  t.is(
    printComparison({ releases: [], unchanged: 12 }, options),
    'production against origin/main (1a2b3c4)\nNo changes, 12 objects unchanged\n',
  )
})

test('no name or value can act on the terminal, hide itself or make a line of its own', (t) => {
  const text = printComparison(hostile, options)
  t.notRegex(text, /[^\P{Cc}\n]|[\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]|\p{Cs}/u)
  t.notRegex(text, /^- fake item/m)
  t.true(text.split('\n').every((line) => line.length < 1500))
  golden(t, 'report/comparison-hostile.txt', text)
})

test('a title cannot act on the terminal either', (t) => {
  t.false(printComparison(everyChange, { ...options, title: 'x\u001B[2J\ny' }).includes('\u001B'))
})

test('places of one risk are cut and counted, unless all are asked for', (t) => {
  const many = manyChanges(30, 10)
  t.regex(printComparison(many, options), /… and 280 more \(--verbose shows all\)/)
  t.notRegex(printComparison(many, { ...options, verbose: true }), /… and/)
})

test('a long field is cut and its lines counted, unless all are asked for', (t) => {
  const after = {
    show: 'value' as const,
    value: Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n'),
  }
  const change = everyChange.releases[2]?.objects[2]
  if (change?.change !== 'changed') throw new Error('no changed object')
  const long = {
    unchanged: 0,
    releases: [
      {
        release: 'web',
        change: 'changed' as const,
        objects: [
          { ...change, fields: [{ pointer: '/data/x', name: 'data.x', change: 'added' as const, after }] },
        ],
      },
    ],
  }
  t.regex(printComparison(long, options), /… 460 lines not shown/)
  t.regex(printComparison(long, { ...options, verbose: true }), /line 499/)
})

test('10,000 changed objects are told, every one of them', (t) => {
  const text = printComparison(manyChanges(100, 100), options)
  t.is(text.match(/^ {2}~ /gm)?.length, 10_000)
})
