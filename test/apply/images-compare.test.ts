import test from 'ava'
import { compareImages } from '../../src/control-plane/images/compare.ts'
import type { ImageRun } from '../../src/core/running-images.ts'

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const [a, b] = [digest('a'), digest('b')]

const run = (image: string, told = ''): ImageRun => {
  const [repository = '', told256 = ''] = told === '' ? [] : told.split('@')
  return {
    pod: { group: '', kind: 'Pod', namespace: 'shop', name: 'web-1' },
    place: 'container web',
    image,
    digest: told256,
    repository,
    owners: [],
    ofSet: true,
  }
}

const harbor = (path: string): string => `harbor.example/hub/${path}`

/** What was declared, what a Pod asks for, what its node says that it pulled, and what is wrong with it. */
const cases: [what: string, declared: [string, string], image: string, told: string, faults: string[]][] = [
  ['the name as it was rewritten', ['nginx:1', harbor('library/nginx:1')], harbor('library/nginx:1'), '', []],
  ['a name in short, in mode mirror', ['nginx:1', 'nginx:1'], 'docker.io/library/nginx:1', '', []],
  ['no tag, which is latest', ['nginx', harbor('library/nginx')], harbor('library/nginx:latest'), '', []],
  ['another tag', ['nginx:1', harbor('library/nginx:1')], harbor('library/nginx:2'), '', ['stranger']],
  [
    'another repository',
    ['nginx:1', harbor('library/nginx:1')],
    harbor('library/nginx2:1'),
    '',
    ['stranger'],
  ],
  [
    'a stranger from elsewhere',
    ['nginx:1', harbor('library/nginx:1')],
    'busybox',
    '',
    ['stranger', 'outside'],
  ],
  ['a stranger, in mode mirror', ['nginx:1', 'nginx:1'], 'busybox', '', ['stranger']],
  ['a name that is none', ['nginx:1', harbor('library/nginx:1')], 'NGINX', '', ['stranger', 'outside']],
  ['its own name, past Harbor', ['nginx:1', harbor('library/nginx:1')], 'nginx:1', '', ['outside']],
  [
    'a host that begins like Harbor',
    ['nginx:1', harbor('library/nginx:1')],
    'harbor.example.evil/hub/library/nginx:1',
    '',
    ['stranger', 'outside'],
  ],
  [
    'the pinned digest',
    ['nginx:1', harbor(`library/nginx:1@${a}`)],
    harbor(`library/nginx:1@${a}`),
    harbor(`library/nginx@${a}`),
    [],
  ],
  [
    'the pinned digest alone',
    ['nginx:1', harbor(`library/nginx:1@${a}`)],
    harbor(`library/nginx@${a}`),
    '',
    [],
  ],
  [
    'another digest alone',
    ['nginx:1', harbor(`library/nginx:1@${a}`)],
    harbor(`library/nginx@${b}`),
    '',
    ['stranger'],
  ],
  [
    'another digest of the tag',
    ['nginx:1', harbor(`library/nginx:1@${a}`)],
    harbor(`library/nginx:1@${b}`),
    '',
    ['digest'],
  ],
  [
    'the pin taken away, and nothing pulled yet',
    ['nginx:1', harbor(`library/nginx:1@${a}`)],
    harbor('library/nginx:1'),
    '',
    [],
  ],
  [
    'the pin taken away, and the same pulled',
    ['nginx:1', harbor(`library/nginx:1@${a}`)],
    harbor('library/nginx:1'),
    harbor(`library/nginx@${a}`),
    [],
  ],
  [
    'the pin taken away, and another pulled',
    ['nginx:1', harbor(`library/nginx:1@${a}`)],
    harbor('library/nginx:1'),
    harbor(`library/nginx@${b}`),
    ['digest'],
  ],
  [
    'the same image under another name of the node',
    ['nginx:1', harbor(`library/nginx:1@${a}`)],
    harbor(`library/nginx:1@${a}`),
    `docker.io/library/nginx@${b}`,
    [],
  ],
  [
    'a digest where only a tag was declared',
    ['nginx:1', harbor('library/nginx:1')],
    harbor(`library/nginx:1@${b}`),
    '',
    [],
  ],
]

for (const [what, [original, rewritten], image, told, faults] of cases)
  test(`${what}: ${faults.length === 0 ? 'as declared' : faults.join(', ')}`, (t) => {
    const found = compareImages([{ original, rewritten }], [run(image, told)])
    t.deepEqual(
      found.images.map((one) => one.faults as string[]),
      [faults],
    )
    t.deepEqual(found.missing, faults.includes('stranger') ? [{ original, rewritten }] : [])
    const isOther = faults.includes('digest')
    t.deepEqual(found.images[0]?.found, isOther ? [b] : undefined)
    t.is(found.images[0]?.pinned, isOther ? a : undefined)
  })

test('a tag that is declared with two digests is held against the one that the Pod asks for', (t) => {
  const declared = [a, b].map((one) => ({ original: 'nginx:1', rewritten: harbor(`library/nginx:1@${one}`) }))
  const { images, missing } = compareImages(declared, [run(harbor(`library/nginx:1@${b}`))])
  t.deepEqual(images[0]?.faults, [])
  t.deepEqual(missing, declared.slice(0, 1))
})

test('what is wrong comes first, and each image once with all of its places', (t) => {
  const { images } = compareImages(
    [{ original: 'nginx:1', rewritten: harbor('library/nginx:1') }],
    [run(harbor('library/nginx:1')), run('zz.example/x:1'), run(harbor('library/nginx:1')), run('busybox')],
  )
  t.deepEqual(
    images.map((one) => [one.image, one.runs.length]),
    [
      ['busybox', 1],
      ['zz.example/x:1', 1],
      [harbor('library/nginx:1'), 2],
    ],
  )
})
