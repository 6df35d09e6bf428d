import test from 'ava'
import type { RewrittenRelease, SetOf } from '../../../src/core/records.ts'
import { imagesToPull, leftToOperators } from '../../../src/core/registry/wanted.ts'

const use = (rewritten: string, reference?: string) => ({
  object: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' },
  pointer: '/spec/image',
  rewritten,
  ...(reference !== undefined && { reference }),
})

const setOf = (environment: string, images: object[]): SetOf<RewrittenRelease> =>
  ({ environment, releases: [{ name: 'web', file: 'releases/web/release.yaml', images }] }) as never

test('an image of two environments is wanted once, and its place is told once', (t) => {
  const nginx = use('harbor.example/hub/nginx:1', 'docker.io/library/nginx:1')
  const [wanted, ...more] = imagesToPull([setOf('production', [nginx]), setOf('staging', [nginx])])
  t.deepEqual(more, [])
  t.is(wanted?.where.length, 1)
})

test('names that only an operator completes are told, once each, sorted', (t) => {
  const images = [
    use('harbor.example/hub/b'),
    use('harbor.example/hub/nginx:1', 'docker.io/library/nginx:1'),
    use('harbor.example/hub/a'),
  ]
  const sets = [setOf('production', images), setOf('staging', images)]
  t.deepEqual(leftToOperators(sets), ['harbor.example/hub/a', 'harbor.example/hub/b'])
  t.is(imagesToPull(sets).length, 1)
})
