import test from 'ava'
import { parse } from 'yaml'
import { withLockedImages } from '../../../src/staging/pin/lock-text.ts'

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const start = `# yaml-language-server: $schema=../schemas/lock.schema.json
helm: 4.1.4 # as on the build node
charts: {}
`

test('images are written below what is there, sorted, and comments stay', (t) => {
  const text = withLockedImages(start, {
    'quay.io/b/c:2': { amd64: digest('b') },
    'docker.io/library/web:1.0': { index: digest('c'), amd64: digest('a') },
  })
  t.is(
    text,
    `${start}images:
  docker.io/library/web:1.0:
    index: ${digest('c')}
    amd64: ${digest('a')}
  quay.io/b/c:2:
    amd64: ${digest('b')}
`,
  )
  t.is(withLockedImages(text, (parse(text) as { images: {} }).images), text, 'a second time changes nothing')
})

test('only entries that changed are written anew', (t) => {
  const text = `${start}images:
  docker.io/library/gone:1: { amd64: ${digest('d')} }
  # held back until the migration is over
  docker.io/library/web:1.0: { amd64: ${digest('a')} }
`
  const next = withLockedImages(text, {
    'docker.io/library/a:1': { amd64: digest('e') },
    'docker.io/library/web:1.0': { amd64: digest('a') },
  })
  t.deepEqual(parse(next), {
    helm: '4.1.4',
    charts: {},
    images: {
      'docker.io/library/a:1': { amd64: digest('e') },
      'docker.io/library/web:1.0': { amd64: digest('a') },
    },
  })
  t.regex(next, /# held back until the migration is over\n  docker\.io\/library\/web:1\.0: \{ amd64/)
})

test('without images the key goes; a host in brackets is quoted', (t) => {
  const name = '[2001:db8::1]:5000/team/web:1'
  const text = withLockedImages(start, { [name]: { amd64: digest('a') } })
  t.deepEqual(parse(text), { helm: '4.1.4', charts: {}, images: { [name]: { amd64: digest('a') } } })
  t.is(withLockedImages(text, {}), start)
})

test('an empty map of images is filled', (t) => {
  const text = withLockedImages(`helm: 4.1.4\nimages: {}\n`, { 'docker.io/a/b:1': { amd64: digest('a') } })
  t.is(text, `helm: 4.1.4\nimages:\n  docker.io/a/b:1:\n    amd64: ${digest('a')}\n`)
})
