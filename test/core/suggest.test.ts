import test from 'ava'
import { suggest } from '../../src/core/suggest.ts'

const keys = [
  'namespace',
  'chart',
  'valuesFiles',
  'values',
  'dependsOn',
  'timeout',
  'renderedAs',
  'repository',
]

const meant: [string, string[], string | undefined][] = [
  ['namspace', keys, 'namespace'],
  ['valueFiles', keys, 'valuesFiles'],
  ['depends_on', keys, 'dependsOn'],
  ['RENDEREDAS', keys, 'renderedAs'],
  ['timeuot', keys, 'timeout'],
  ['repo', keys, 'repository'],
  ['value', keys, 'values'],
  ['hooks', keys, undefined],
  ['', keys, undefined],
  ['chart', keys, undefined],
  ['ab', ['cd', 'ac'], 'ac'],
  ['webs', ['web', 'webs', 'webss'], 'web'],
  ['constructor', keys, undefined],
  ['x'.repeat(1_000_000), keys, undefined],
]
for (const [word, known, name] of meant)
  test(`"${word.slice(0, 20)}" of ${known.length} names is taken for ${name ?? 'none of them'}`, (t) => {
    t.is(suggest(word, known), name)
  })
