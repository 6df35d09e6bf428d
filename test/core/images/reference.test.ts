import test from 'ava'
import { parseReference, printReference } from '../../../src/core/images/reference.ts'

const digest = `sha256:${'a1'.repeat(32)}`

const read: [string, string][] = [
  ['ubuntu', 'docker.io/library/ubuntu'],
  ['ubuntu:24.04', 'docker.io/library/ubuntu:24.04'],
  ['docker.io/nginx', 'docker.io/library/nginx'],
  ['index.docker.io/fooo/bar', 'docker.io/fooo/bar'],
  ['localhost/x', 'localhost/x'],
  ['test_com/foo', 'docker.io/test_com/foo'],
  ['Foo/bar', 'Foo/bar'],
  ['192.168.0.1:80', 'docker.io/library/192.168.0.1:80'],
  ['test.com:5000', 'docker.io/library/test.com:5000'],
  ['192.168.1.1:5000/repo:5050', '192.168.1.1:5000/repo:5050'],
  ['[2001:db8::1]:5000/repo', '[2001:db8::1]:5000/repo'],
  [`quay.io/a/b:1.0@${digest}`, `quay.io/a/b:1.0@${digest}`],
  [`a/b@${digest}`, `docker.io/a/b@${digest}`],
  ['a__b/c-d/e.f', 'docker.io/a__b/c-d/e.f'],
  [`x@sha512:${'a1'.repeat(64)}`, `docker.io/library/x@sha512:${'a1'.repeat(64)}`],
]

for (const [text, full] of read)
  test(`${text} is ${full}, and what is printed reads back as the same`, (t) => {
    const reference = parseReference(text)
    if ('malformed' in reference) return t.fail(reference.malformed)
    t.is(printReference(reference), full)
    t.deepEqual(parseReference(full), reference)
  })

const refused = [
  '',
  'docker/Docker',
  'dock..er/x',
  '[fc00::1]',
  'C:\\x',
  'http://x/y',
  'a'.repeat(64).replaceAll('a', 'f'),
  'x:',
  'x@',
  'x@sha256:12',
  `x:${'t'.repeat(129)}`,
  'x:-t',
  '/x',
  'x/',
  'x//y',
  `a/${'b'.repeat(255)}`,
  `quay.io/x@${digest}@${digest}`,
  'x y',
  'nginx:1.29\n',
  `x@sha256:${'A1'.repeat(32)}`,
  `x@invaliddigest:${'a1'.repeat(32)}`,
  `x@sha512:${'a1'.repeat(32)}`,
]

for (const text of refused)
  test(`${JSON.stringify(text).slice(0, 60)} is refused with a reason`, (t) => {
    const reference = parseReference(text)
    t.true('malformed' in reference, JSON.stringify(reference))
  })
