import test from 'ava'
import { withEntries } from '../../../src/core/yaml/with-entries.ts'

const block = 'siteValues:\n  new:\n    password: {}\n    at:\n      - secret: web\n        key: p\n'

const cases: [title: string, text: string, wanted: string | undefined][] = [
  [
    'a file without the map gets it at its end',
    'namespace: shop # ours\n',
    `namespace: shop # ours\n${block}`,
  ],
  ['a last line without an end gets one', 'namespace: shop', `namespace: shop\n${block}`],
  [
    'entries come before those that are there, as far in as they are',
    'a: 1\nsiteValues:\n    # why\n    old: { supplied: true }\nb: 2\n',
    'a: 1\nsiteValues:\n    # why\n    new:\n      password: {}\n      at:\n        - secret: web\n          key: p\n    old: { supplied: true }\nb: 2\n',
  ],
  ['a map in one line is left to a person', 'siteValues: { old: { supplied: true } }\n', undefined],
  ['an entry that is there is left to a person', 'siteValues:\n  new: { supplied: true }\n', undefined],
  ['something else than a map is left to a person', 'siteValues: 1\n', undefined],
]

for (const [title, text, wanted] of cases)
  test(title, (t) => {
    t.is(withEntries(text, 'siteValues', block), wanted)
  })
