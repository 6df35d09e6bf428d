import test from 'ava'
import { wavesOf } from '../../../src/staging/declare/waves.ts'

type Dependencies = { [name: string]: string[] }
const order = (dependencies: Dependencies) => wavesOf(new Map(Object.entries(dependencies)))

const ordered: [string, Dependencies, string[][]][] = [
  ['nothing', {}, []],
  ['no dependency: one wave, sorted', { c: [], a: [], b: [] }, [['a', 'b', 'c']]],
  ['a chain', { a: ['b'], b: ['c'], c: [] }, [['c'], ['b'], ['a']]],
  ['the longest way counts', { a: [], b: ['a'], c: ['a', 'b'], d: ['a'] }, [['a'], ['b', 'd'], ['c']]],
  [
    'a diamond',
    { top: ['left', 'right'], left: ['base'], right: ['base'], base: [] },
    [['base'], ['left', 'right'], ['top']],
  ],
]
for (const [what, dependencies, waves] of ordered)
  test(`a release is in the wave after all that it depends on: ${what}`, (t) => {
    t.deepEqual(order(dependencies), { waves })
  })

const circular: [string, Dependencies, string[][]][] = [
  ['itself', { a: ['a'] }, [['a', 'a']]],
  ['two', { b: ['a'], a: ['b'] }, [['a', 'b', 'a']]],
  ['in the order of dependsOn', { a: ['c'], c: ['b'], b: ['a'] }, [['a', 'c', 'b', 'a']]],
  [
    'the shortest through each name',
    { a: ['b', 'c'], b: ['c'], c: ['a'] },
    [
      ['a', 'c', 'a'],
      ['b', 'c', 'a', 'b'],
    ],
  ],
  [
    'two circles, and one that only waits for them',
    { a: ['b'], b: ['a'], c: ['d'], d: ['c'], e: ['a'] },
    [
      ['a', 'b', 'a'],
      ['c', 'd', 'c'],
    ],
  ],
]
for (const [what, dependencies, cycles] of circular)
  test(`a circle is given whole: ${what}`, (t) => {
    t.deepEqual(order(dependencies), { cycles })
  })
