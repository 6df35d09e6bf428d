import test from 'ava'
import { everything, isEverything, select } from '../../src/core/selection.ts'

const names = ['web', 'database', 'certs', 'web', 'monitoring', 'agent']

const selected = (only: string[], shard: { index: number; of: number } | null): string[] => {
  const found = select(names, { only, shard })
  return found.ok ? [...found.value] : found.problems.map(({ code, fix }) => `${code} ${fix}`)
}

test('everything is every release once, and what is named is that', (t) => {
  t.deepEqual(selected([], null), ['agent', 'certs', 'database', 'monitoring', 'web'])
  t.deepEqual(selected(['web', 'certs'], null), ['certs', 'web'])
  t.true(isEverything(everything))
  t.false(isEverything({ only: ['web'], shard: null }))
  t.false(isEverything({ only: [], shard: { index: 1, of: 1 } }))
})

test('each release falls to exactly one shard, however many there are', (t) => {
  for (const machines of [1, 2, 3, 5, 9]) {
    const shards = Array.from({ length: machines }, (_, index) =>
      selected([], { index: index + 1, of: machines }),
    )
    t.deepEqual(shards.flat().sort(), selected([], null), `${machines} shards`)
  }
})

test('a release that the site does not have is wrong usage, with the one that was meant', (t) => {
  t.deepEqual(selected(['wbe', 'certs'], null), ['usage/unknown-release Did you mean web?'])
})
