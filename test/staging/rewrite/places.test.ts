import test from 'ava'
import { undoEdits } from '../../../src/core/images/edit.ts'
import { removePullSecret } from '../../../src/core/images/pull-secrets.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import type { Outcome } from '../../../src/core/problem.ts'
import type { RenderedRelease, RewrittenRelease, SetOf, Site } from '../../../src/core/records.ts'
import { rewrite } from '../../../src/staging/rewrite/rewrite.ts'
import type { RewriteOptions } from '../../../src/staging/rewrite/rewrite.ts'
import { anyReference, hosts, pick, randomFrom } from '../../core/images/random.ts'
import { setOf as setOfReleases } from '../validate/set-of.ts'

type Images = Partial<Site['images']>
type Decisions = NonNullable<RenderedRelease['imageDecisions']>

const projects = {
  'docker.io': 'hub',
  'quay.io': 'quay',
  'ghcr.io': 'ghcr',
  'nvcr.io': 'nvidia',
  'docker.elastic.co': 'elastic',
}

const setOf = (objects: KubeObject[], images: Images = {}, decisions?: Decisions): SetOf<RenderedRelease> => {
  const set = setOfReleases({ web: objects })
  const release = { ...(set.releases[0] as RenderedRelease), ...(decisions && { imageDecisions: decisions }) }
  return {
    ...set,
    releases: [release],
    site: { ...set.site, images: { harbor: 'h.example', mode: 'harbor', projects, ...images } },
  }
}

const object = (apiVersion: string, kind: string, rest: object): KubeObject =>
  ({ apiVersion, kind, metadata: { name: 'web', namespace: 'shop' }, ...rest }) as unknown as KubeObject
const configMap = (data: { [key: string]: string }): KubeObject => object('v1', 'ConfigMap', { data })
const pod = (spec: object): KubeObject => object('v1', 'Pod', { spec })
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const only = (outcome: Outcome<SetOf<RewrittenRelease>>): RewrittenRelease => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value.releases[0] as RewrittenRelease
}
const after = (given: KubeObject, images?: Images, options?: RewriteOptions): KubeObject =>
  only(rewrite(setOf([given], images), options)).objects[0]?.object as KubeObject

const undone = ({ objects, images }: RewrittenRelease): (KubeObject | undefined)[] =>
  objects.map(({ object: one }) =>
    undoEdits(
      one,
      images.flatMap(({ edits }) => edits),
    ),
  )

const places: [title: string, before: KubeObject, wanted: KubeObject][] = [
  [
    'a list keeps its names, its order and its line ends',
    pod({
      containers: [
        { name: 'a', env: [{ name: 'X_IMAGES', value: '4.2=quay.io/a/b:1\n  4.3=quay.io/a/b:2\n' }] },
      ],
    }),
    pod({
      containers: [
        {
          name: 'a',
          env: [{ name: 'X_IMAGES', value: '4.2=h.example/quay/a/b:1\n  4.3=h.example/quay/a/b:2\n' }],
        },
      ],
    }),
  ],
  [
    'a flag keeps its name',
    pod({ containers: [{ name: 'a', args: ['--solver-image=quay.io/a/b:1', '/etc/a/b:1'] }] }),
    pod({ containers: [{ name: 'a', args: ['--solver-image=h.example/quay/a/b:1', '/etc/a/b:1'] }] }),
  ],
  [
    'YAML in a text keeps comments, quotes, order and white space',
    configMap({ c: '# usual\nb:   "x"\na:\n    image:   \'quay.io/a/b:1\'   # here\n\n' }),
    configMap({ c: '# usual\nb:   "x"\na:\n    image:   \'h.example/quay/a/b:1\'   # here\n\n' }),
  ],
  [
    'JSON in a text keeps its form',
    configMap({ c: '{ "z":1.0,\t"image" : "quay.io/a/b:1" , "u":"\\u00e9"}' }),
    configMap({ c: '{ "z":1.0,\t"image" : "h.example/quay/a/b:1" , "u":"\\u00e9"}' }),
  ],
  [
    'what is base64 in a Secret is encoded again',
    object('v1', 'Secret', { data: { c: base64('password: hunter2\nimage: quay.io/a/b:1\n') } }),
    object('v1', 'Secret', { data: { c: base64('password: hunter2\nimage: h.example/quay/a/b:1\n') } }),
  ],
  [
    'of repository, image and version the operator makes the right name',
    object('nvidia.com/v1', 'ClusterPolicy', {
      spec: { d: { repository: 'nvcr.io/nvidia', image: 'driver', version: '1' } },
    }),
    object('nvidia.com/v1', 'ClusterPolicy', {
      spec: { d: { repository: 'h.example/nvidia/nvidia', image: 'driver', version: '1' } },
    }),
  ],
  [
    "a registry of its own becomes Harbor's host, and the project goes before the repository; official images get library/",
    object('x.example/v1', 'Thing', {
      spec: {
        a: { image: { registry: 'docker.io', repository: 'nginx', tag: '1' } },
        b: { image: { registry: 'quay.io', repository: 'x/y', tag: '2' } },
        c: { image: { repository: 'nginx', tag: '1' } },
      },
    }),
    object('x.example/v1', 'Thing', {
      spec: {
        a: { image: { registry: 'h.example', repository: 'hub/library/nginx', tag: '1' } },
        b: { image: { registry: 'h.example', repository: 'quay/x/y', tag: '2' } },
        c: { image: { repository: 'h.example/hub/library/nginx', tag: '1' } },
      },
    }),
  ],
  [
    'a registry that several images inherit is changed once, for all',
    configMap({
      c: 'apiVersion: config.k8ssandra.io/v1beta2\nkind: ImageConfig\ndefaults: { registry: docker.io }\nimages:\n  a: { name: a, repository: k8ssandra, tag: "1" }\n  b: { name: b, repository: datastax, tag: "2" }\n',
    }),
    configMap({
      c: 'apiVersion: config.k8ssandra.io/v1beta2\nkind: ImageConfig\ndefaults: { registry: h.example }\nimages:\n  a: { name: a, repository: hub/k8ssandra, tag: "1" }\n  b: { name: b, repository: hub/datastax, tag: "2" }\n',
    }),
  ],
  [
    'a registry that an operator completes',
    configMap({ 'eck.yaml': 'container-registry: docker.elastic.co\n' }),
    configMap({ 'eck.yaml': 'container-registry: h.example/elastic\n' }),
  ],
]

for (const [title, before, wanted] of places)
  test(`text is rewritten where an image stands, and nowhere else: ${title}`, (t) => {
    const release = only(rewrite(setOf([before])))
    t.deepEqual(release.objects[0]?.object, wanted)
    t.deepEqual(undone(release), [before], 'it can be undone')
    t.deepEqual(after(wanted), wanted, 'a second run changes nothing')
    t.deepEqual(after(before, { mode: 'mirror' }), before, 'where nodes do it, names stay')
  })

test('of a Secret neither uses nor problems say anything but the reference', (t) => {
  const secret = object('v1', 'Secret', {
    data: {
      c: base64('password: hunter2\nimage: quay.io/a/b:1\nold: {image: cgr.dev/x/y:1, token: s3cret}\n'),
    },
  })
  const refused = rewrite(setOf([secret]))
  t.regex(JSON.stringify(refused), /cgr\.dev\/x\/y:1/)
  t.notRegex(JSON.stringify(refused), /hunter2|s3cret/)
  const { images } = only(rewrite(setOf([secret], { projects: { ...projects, 'cgr.dev': 'cgr' } })))
  t.is(images.length, 2)
  t.notRegex(JSON.stringify(images), /hunter2|s3cret|cGFzc3/)
})

const note = configMap({ note: 'Runs quay.io/a/b:1 once.' })
const severities = (outcome: Outcome<unknown>): string[] =>
  (outcome.ok ? outcome.warnings : outcome.problems).map(({ severity, code }) => `${severity} ${code}`)

test('a suspect is a warning, an error where a release is built, and stays as it is until somebody decides', (t) => {
  t.deepEqual(severities(rewrite(setOf([note]))), ['warning rewrite/undecided-image'])
  t.deepEqual(severities(rewrite(setOf([note]), { undecided: 'error' })), ['error rewrite/undecided-image'])
  const release = only(rewrite(setOf([note])))
  t.deepEqual(
    [release.objects[0]?.object, release.suspects?.map(({ text }) => text)],
    [note, ['quay.io/a/b:1']],
  )
})

test('a suspect that images.extra names is an image where it stands, and stays decided in what was rewritten', (t) => {
  const decisions = { extra: ['quay.io/a/b:1'], ignore: [] }
  const outcome = rewrite(setOf([note], {}, decisions), { undecided: 'error' })
  t.deepEqual(severities(outcome), [])
  const release = only(outcome)
  const rewritten = release.objects[0]?.object as KubeObject
  t.deepEqual(rewritten['data'], { note: 'Runs h.example/quay/a/b:1 once.' })
  t.deepEqual(severities(rewrite(setOf([rewritten], {}, decisions), { undecided: 'error' })), [])
  t.deepEqual(release.declaredImages, [
    { original: 'quay.io/a/b:1', reference: 'quay.io/a/b:1', rewritten: 'h.example/quay/a/b:1' },
  ])
})

test('what images.ignore names stays as it is, also where a rule is sure of it; a container cannot be ignored', (t) => {
  const ignore = (image: string): Decisions => ({ extra: [], ignore: [{ image, reason: 'a test' }] })
  const sure = configMap({ SIDE_IMAGE: 'quay.io/a/b:1' })
  for (const given of [note, sure]) {
    const outcome = rewrite(setOf([given], {}, ignore('quay.io/a/b:1')), { undecided: 'error' })
    t.deepEqual(severities(outcome), [])
    t.is(only(outcome).objects[0]?.object, given)
  }
  const container = pod({ containers: [{ name: 'a', image: 'nginx:1' }] })
  const outcome = rewrite(setOf([container], {}, ignore('nginx:1')))
  t.deepEqual(severities(outcome), ['warning rewrite/unused-ignore'])
  t.is(only(outcome).images[0]?.rewritten, 'h.example/hub/library/nginx:1')
})

test('decisions that are of no use are told, with their place: an ignored image that is nowhere, an extra that is found anyway', (t) => {
  const container = pod({ containers: [{ name: 'a', image: 'nginx:1' }] })
  const outcome = rewrite(
    setOf(
      [container],
      {},
      {
        extra: ['docker.io/library/nginx:1', 'quay.io/made/up:1'],
        ignore: [{ image: 'x/y:1', reason: 'a test' }],
      },
    ),
  )
  t.deepEqual(
    outcome.ok &&
      outcome.warnings.map(({ code, where: [place] }) => [code, place?.in === 'release' && place.path]),
    [
      ['rewrite/unused-ignore', ['images', 'ignore', 0]],
      ['rewrite/needless-extra', ['images', 'extra', 0]],
    ],
  )
})

test('an image that is declared has to have a project, too', (t) => {
  const outcome = rewrite(setOf([], {}, { extra: ['cgr.dev/x/y:1', 'Not/An image'], ignore: [] }))
  t.deepEqual(severities(outcome), ['error rewrite/unmapped-registry', 'error rewrite/malformed-image'])
})

test('a registry without a project is refused wherever its image stands, with the object and the path', (t) => {
  const outcome = rewrite(setOf([configMap({ 'c.yaml': 'image: cgr.dev/x/y:1\n' })]))
  t.deepEqual(
    !outcome.ok &&
      outcome.problems.map(({ code, where: [place] }) => [code, place?.in === 'object' && place.pointer]),
    [['rewrite/unmapped-registry', '/data/c.yaml']],
  )
})

const digest = `sha256:${'a1'.repeat(32)}`

test('a digest goes where a field holds a whole reference, in both modes, and nowhere else', (t) => {
  const given = [
    pod({ containers: [{ name: 'a', image: 'nginx:1', args: ['--side-image=quay.io/a/b:1'] }] }),
    configMap({ SIDE_IMAGE: 'quay.io/a/b:1', text: 'image: quay.io/a/b:1\n' }),
    object('x.example/v1', 'Thing', { spec: { image: { repository: 'quay.io/a/b', tag: '1' } } }),
    pod({ containers: [{ name: 'b', image: `nginx:1@sha256:${'b2'.repeat(32)}` }] }),
  ]
  const asked: string[] = []
  const digestOf = ({ path }: { path: string }): string => {
    asked.push(path)
    return digest
  }
  const harbor = only(rewrite(setOf(given), { digestOf }))
  t.deepEqual(
    harbor.images.map(({ rewritten }) => rewritten),
    [
      `h.example/hub/library/nginx:1@${digest}`,
      'h.example/quay/a/b:1',
      `h.example/quay/a/b:1@${digest}`,
      'h.example/quay/a/b:1',
      'h.example/quay/a/b:1',
      `h.example/hub/library/nginx:1@sha256:${'b2'.repeat(32)}`,
    ],
  )
  t.deepEqual(asked, ['library/nginx', 'a/b'])
  t.deepEqual(
    only(rewrite(setOf(given, { mode: 'mirror' }), { digestOf }))
      .images.map(({ rewritten }) => rewritten)
      .slice(0, 3),
    [`nginx:1@${digest}`, 'quay.io/a/b:1', `quay.io/a/b:1@${digest}`],
  )
})

test('the pull secret of the site goes to pod specs of built-in kinds with an image, once, and is taken away again', (t) => {
  const template = { spec: { containers: [{ name: 'a', image: 'nginx:1' }] } }
  const given = [
    object('apps/v1', 'Deployment', { spec: { template } }),
    object('x.example/v1', 'Thing', { spec: { template } }),
    pod({ containers: [{ name: 'a', image: 'nginx:1' }], imagePullSecrets: [{ name: 'own' }] }),
    object('v1', 'ServiceAccount', {}),
  ]
  t.notRegex(JSON.stringify(rewrite(setOf(given))), /"pull"/)
  const release = only(rewrite(setOf(given, { pullSecret: 'pull' })))
  const secrets = release.objects.map(
    ({ object: one }) => /"imagePullSecrets":(\[.*?\])/.exec(JSON.stringify(one))?.[1],
  )
  t.deepEqual(secrets, ['[{"name":"pull"}]', undefined, '[{"name":"own"},{"name":"pull"}]', undefined])
  const again = only(
    rewrite(
      setOf(
        release.objects.map(({ object: one }) => one),
        { pullSecret: 'pull' },
      ),
    ),
  )
  t.deepEqual(again.pullSecretsAt, [])
  const paths = release.pullSecretsAt ?? []
  t.deepEqual(
    [0, 2]
      .map((index, count) =>
        removePullSecret(release.objects[index]?.object as KubeObject, paths[count]?.path ?? []),
      )
      .map(({ spec }) => /pull"/.test(JSON.stringify(spec))),
    [false, false],
  )
})

test('rewriting is idempotent and can be undone, for 300 made-up objects with images at all kinds of places', (t) => {
  const random = randomFrom(3)
  const mapped = Object.fromEntries([...hosts].map((host, index) => [host, `p${index}`]))
  for (let count = 0; count < 300; count += 1) {
    const image = (): string => anyReference(random)
    const hosted = (): string => anyReference(random, ['quay.io', 'ghcr.io'])
    const text = pick(random, [
      () => `a: 1\nimage: ${hosted()}:1\nb: [x, {image: "${hosted()}:2"}]\n`,
      () =>
        JSON.stringify(
          { deep: [{ image: `${hosted().replace(/[:@].*/, '')}:1` }], é: 1 },
          null,
          pick(random, [0, 1, '\t']),
        ),
      () => `run --x-image=${hosted()}\nIMAGE='${hosted()}'; crane pull ${hosted()}:1 && echo\n`,
    ])()
    const given = [
      pod({
        containers: [
          {
            name: 'a',
            image: image(),
            args: [`--x-image=${image()}`],
            env: [{ name: 'IMAGES', value: `a=${hosted()},b=${hosted()}` }],
          },
        ],
      }),
      configMap({ text }),
      object('v1', 'Secret', { data: { text: base64(text) } }),
      object('x.example/v1', 'Thing', {
        spec: { image: { repository: hosted().replace(/[:@].*/, ''), tag: '1' }, sideImage: image() },
      }),
    ]
    const images = { projects: mapped }
    const release = only(rewrite(setOf(given, images)))
    const objects = release.objects.map(({ object: one }) => one)
    for (const [index, one] of objects.entries()) {
      const edits = release.images
        .filter(({ object: id }) => id.kind === one.kind)
        .flatMap((use) => use.edits)
      t.deepEqual(undoEdits(one, edits), given[index], JSON.stringify(given[index]))
    }
    const again = only(rewrite(setOf(objects, images)))
    t.deepEqual(
      again.objects.map(({ object: one }) => one),
      objects,
    )
    t.deepEqual(
      again.images.flatMap(({ edits }) => edits),
      [],
    )
  }
})
