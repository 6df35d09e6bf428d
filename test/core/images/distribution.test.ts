import test from 'ava'
import { parseReference, printReference } from '../../../src/core/images/reference.ts'

/**
 * The vectors of github.com/distribution/reference (reference_test.go, normalize_test.go), in the normal form that ParseNormalizedNamed
 * gives: that is what a container runtime pulls.
 */
const f64 = 'f'.repeat(64)
const f128 = 'f'.repeat(128)
const hex = '1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a'
const song = 'thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev'
const redis = 'dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9c'
const longPath = `${'a/'.repeat(127)}a`

const valid: [input: string, registry: string, path: string, tag?: string | undefined, digest?: string][] = [
  ['test_com', 'docker.io', 'library/test_com'],
  ['test.com:tag', 'docker.io', 'library/test.com', 'tag'],
  ['test.com:5000', 'docker.io', 'library/test.com', '5000'],
  ['test.com/repo:tag', 'test.com', 'repo', 'tag'],
  ['test:5000/repo', 'test:5000', 'repo'],
  ['test:5000/repo:tag', 'test:5000', 'repo', 'tag'],
  [`test:5000/repo@sha256:${f64}`, 'test:5000', 'repo', undefined, `sha256:${f64}`],
  [`test:5000/repo:tag@sha256:${f64}`, 'test:5000', 'repo', 'tag', `sha256:${f64}`],
  ['lowercase:Uppercase', 'docker.io', 'library/lowercase', 'Uppercase'],
  [`${longPath}:tag-puts-this-over-max`, 'docker.io', longPath, 'tag-puts-this-over-max'],
  ['sub-dom1.foo.com/bar/baz/quux', 'sub-dom1.foo.com', 'bar/baz/quux'],
  ['sub-dom1.foo.com/bar/baz/quux:some-long-tag', 'sub-dom1.foo.com', 'bar/baz/quux', 'some-long-tag'],
  [
    'b.gcr.io/test.example.com/my-app:test.example.com',
    'b.gcr.io',
    'test.example.com/my-app',
    'test.example.com',
  ],
  ['xn--n3h.com/myimage:xn--n3h.com', 'xn--n3h.com', 'myimage', 'xn--n3h.com'],
  [
    `xn--7o8h.com/myimage:xn--7o8h.com@sha512:${f128}`,
    'xn--7o8h.com',
    'myimage',
    'xn--7o8h.com',
    `sha512:${f128}`,
  ],
  ['foo_bar.com:8080', 'docker.io', 'library/foo_bar.com', '8080'],
  ['foo/foo_bar.com:8080', 'docker.io', 'foo/foo_bar.com', '8080'],
  ['192.168.1.1', 'docker.io', 'library/192.168.1.1'],
  ['192.168.1.1:tag', 'docker.io', 'library/192.168.1.1', 'tag'],
  ['192.168.1.1:5000', 'docker.io', 'library/192.168.1.1', '5000'],
  ['192.168.1.1/repo', '192.168.1.1', 'repo'],
  ['192.168.1.1:5000/repo', '192.168.1.1:5000', 'repo'],
  ['192.168.1.1:5000/repo:5050', '192.168.1.1:5000', 'repo', '5050'],
  ['[2001:db8::1]/repo', '[2001:db8::1]', 'repo'],
  ['[2001:db8:1:2:3:4:5:6]/repo:tag', '[2001:db8:1:2:3:4:5:6]', 'repo', 'tag'],
  ['[2001:db8::1]:5000/repo', '[2001:db8::1]:5000', 'repo'],
  ['[2001:db8::1]:5000/repo:tag', '[2001:db8::1]:5000', 'repo', 'tag'],
  [`[2001:db8::1]:5000/repo@sha256:${f64}`, '[2001:db8::1]:5000', 'repo', undefined, `sha256:${f64}`],
  [`[2001:db8::1]:5000/repo:tag@sha256:${f64}`, '[2001:db8::1]:5000', 'repo', 'tag', `sha256:${f64}`],
  ['[2001:db8::]:5000/repo', '[2001:db8::]:5000', 'repo'],
  ['[::1]:5000/repo', '[::1]:5000', 'repo'],
  ['docker/docker', 'docker.io', 'docker/docker'],
  ['library/debian', 'docker.io', 'library/debian'],
  ['debian', 'docker.io', 'library/debian'],
  ['docker.io/docker/docker', 'docker.io', 'docker/docker'],
  ['docker.io/library/debian', 'docker.io', 'library/debian'],
  ['docker.io/debian', 'docker.io', 'library/debian'],
  ['index.docker.io/docker/docker', 'docker.io', 'docker/docker'],
  ['index.docker.io/library/debian', 'docker.io', 'library/debian'],
  ['index.docker.io/debian', 'docker.io', 'library/debian'],
  ['127.0.0.1:5000/docker/docker', '127.0.0.1:5000', 'docker/docker'],
  ['127.0.0.1:5000/library/debian', '127.0.0.1:5000', 'library/debian'],
  ['127.0.0.1:5000/debian', '127.0.0.1:5000', 'debian'],
  ['192.168.0.1', 'docker.io', 'library/192.168.0.1'],
  ['192.168.0.1:80', 'docker.io', 'library/192.168.0.1', '80'],
  ['192.168.0.1:8/debian', '192.168.0.1:8', 'debian'],
  ['192.168.0.2:25000/debian', '192.168.0.2:25000', 'debian'],
  [song, 'docker.io', `library/${song}`],
  ['[fc00::1]:5000/docker', '[fc00::1]:5000', 'docker'],
  ['[fc00::1]:5000/docker/docker', '[fc00::1]:5000', 'docker/docker'],
  ['[fc00:1:2:3:4:5:6:7]:5000/library/debian', '[fc00:1:2:3:4:5:6:7]:5000', 'library/debian'],
  [`docker.io/${hex}`, 'docker.io', `library/${hex}`],
  ['Docker/docker', 'Docker', 'docker'],
  ['DOCKER/docker', 'DOCKER', 'docker'],
  ['docker-rules/docker', 'docker.io', 'docker-rules/docker'],
  ['docker---rules/docker', 'docker.io', 'docker---rules/docker'],
  ['doc/docker', 'docker.io', 'doc/docker'],
  ['d/docker', 'docker.io', 'd/docker'],
  ['jess/t', 'docker.io', 'jess/t'],
  ['dock__er/docker', 'docker.io', 'dock__er/docker'],
  ['fooo/bar', 'docker.io', 'fooo/bar'],
  ['nonlibrary/ubuntu', 'docker.io', 'nonlibrary/ubuntu'],
  ['other/library', 'docker.io', 'other/library'],
  ['127.0.0.1:8000/private/moonbase', '127.0.0.1:8000', 'private/moonbase'],
  ['127.0.0.1:8000/privatebase', '127.0.0.1:8000', 'privatebase'],
  ['example.com/private/moonbase', 'example.com', 'private/moonbase'],
  ['example.com:8000/privatebasee', 'example.com:8000', 'privatebasee'],
  ['index.docker.io/library/ubuntu-12.04-base', 'docker.io', 'library/ubuntu-12.04-base'],
  ['ubuntu-12.04-base', 'docker.io', 'library/ubuntu-12.04-base'],
  ['library/foo/bar', 'docker.io', 'library/foo/bar'],
  ['store/foo/bar', 'docker.io', 'store/foo/bar'],
  ['Foo/bar', 'Foo', 'bar'],
  ['FOO/bar', 'FOO', 'bar'],
  ['redis:latest', 'docker.io', 'library/redis', 'latest'],
  ['docker.io/library/redis:latest', 'docker.io', 'library/redis', 'latest'],
  [`redis@sha256:${redis}`, 'docker.io', 'library/redis', undefined, `sha256:${redis}`],
  ['dmcgowan/myapp:latest', 'docker.io', 'dmcgowan/myapp', 'latest'],
  ['docker.io/mcgowan/myapp:latest', 'docker.io', 'mcgowan/myapp', 'latest'],
  [`dmcgowan/myapp@sha256:${redis}`, 'docker.io', 'dmcgowan/myapp', undefined, `sha256:${redis}`],
  [redis.slice(0, -1), 'docker.io', `library/${redis.slice(0, -1)}`],
  ['dbcc1', 'docker.io', 'library/dbcc1'],
  ['test-com:8080/foo', 'test-com:8080', 'foo'],
  ['xn--n3h.com:18080/foo', 'xn--n3h.com:18080', 'foo'],
  ['docker/migrator', 'docker.io', 'docker/migrator'],
  ['example.com:8000/named:tagged', 'example.com:8000', 'named', 'tagged'],
  [
    `busybox:latest@sha256:86e0e091d0da6bde2456dbb48306f3956bbeb2eae1b5b9a43045843f69fe4aaa`,
    'docker.io',
    'library/busybox',
    'latest',
    'sha256:86e0e091d0da6bde2456dbb48306f3956bbeb2eae1b5b9a43045843f69fe4aaa',
  ],
]

test('every valid vector of distribution/reference has its registry, path, tag and digest, and reads back as itself', (t) => {
  for (const [input, registry, path, tag, digest] of valid) {
    const reference = parseReference(input)
    const wanted = { registry, path, ...(tag && { tag }), ...(digest && { digest }) }
    t.deepEqual(reference, wanted, input)
    if (!('malformed' in reference)) t.deepEqual(parseReference(printReference(reference)), wanted, input)
  }
})

const invalid = [
  '',
  ':justtag',
  `@sha256:${f64}`,
  'repo@sha256:ffffffffffffffffffffffffffffffffff',
  `validname@invaliddigest:${f64}`,
  'Uppercase:tag',
  'test:5000/Uppercase/lowercase:tag',
  `${'a/'.repeat(128)}a:tag`,
  'aa/asdf$$^/aa',
  '[2001:db8::1]',
  '[2001:db8::1]:5000',
  '[2001:db8::1]:tag',
  '[fe80::1%eth0]:5000/repo',
  '[fe80::1%@invalidzone]:5000/repo',
  'https://github.com/docker/docker',
  'docker/Docker',
  '-docker',
  '-docker/docker',
  '-docker.io/docker/docker',
  'docker///docker',
  'docker.io/docker/Docker',
  'docker.io/docker///docker',
  '[fc00::1]',
  '[fc00::1]:5000',
  'fc00::1:5000/debian',
  '[fe80::1%eth0]:5000/debian',
  '[2001:db8:3:4::192.0.2.33]:5000/debian',
  hex,
  'docker-/docker',
  '-docker-/docker',
  '____/____',
  '_docker/_docker',
  'dock..er/docker',
  'dock_.er/docker',
  'dock-.er/docker',
  'docker/',
  `${'this_is_not_a_valid_namespace_because_its_lenth_is_greater_than_255_'.repeat(4)}/docker`,
]

test('every invalid vector of distribution/reference is refused, with a reason', (t) => {
  for (const input of invalid) {
    const reference = parseReference(input)
    t.true('malformed' in reference, `${input} ${JSON.stringify(reference)}`)
  }
})
