import test from 'ava'
import type { RegistryRefusal } from '../../../src/core/effects/registry.ts'
import { refusalProblems } from '../../../src/core/registry/refusal.ts'

const refused = (name: string, kind: RegistryRefusal['kind']) => ({
  image: { name, reference: { registry: 'docker.io', path: name }, where: [] },
  refusal: { kind, status: 0, code: '', message: 'so', endpoint: 'https://h.example' },
})

test('refusals are told in the order of the images, whichever was heard of first', (t) => {
  const told = [
    refused('b', 'gone'),
    refused('z', 'unreachable'),
    refused('a', 'gone'),
    refused('c', 'unreachable'),
  ]
  const whats = refusalProblems(told).map(({ what }) => what)
  t.deepEqual(
    whats,
    refusalProblems(told.toReversed()).map(({ what }) => what),
  )
  t.regex(whats[0] ?? '', /^a is not at/)
  t.true(whats.some((what) => what.endsWith('2 images, such as c.')))
})
