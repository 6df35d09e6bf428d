import test from 'ava'
import type { ExecutionContext } from 'ava'
import { chartFiles, problemsOf, releaseOf, siteOf, valueOf } from '../resolve/small-site.ts'
import { renderAt } from './render-at.ts'
import type { Rendered } from './render-at.ts'

/** Renders charts given as the files of each. */
const renderCharts = async (
  t: ExecutionContext,
  charts: Record<string, Record<string, string>>,
): Promise<Rendered> => {
  const files = Object.entries(charts).map(([name, content]) => chartFiles(name, content))
  const root = await siteOf(t, Object.assign({}, ...files) as Record<string, string>)
  return renderAt(
    root,
    Object.keys(charts).map((name) => releaseOf(name)),
  )
}

const renderManifests = async (t: ExecutionContext, files: Record<string, string>): Promise<Rendered> => {
  const paths = Object.keys(files).map((path) => `releases/plain/${path}`)
  const root = await siteOf(
    t,
    Object.fromEntries(Object.values(files).map((text, index) => [paths[index]!, text])),
  )
  return renderAt(root, [releaseOf('plain', { source: { kind: 'manifests', paths } })])
}

/** `phase Kind namespace/name` of every object. */
const listed = (rendered: Rendered): string[] =>
  valueOf(rendered).releases.flatMap(({ objects }) =>
    objects.map(({ phase, id }) => `${phase} ${id.kind} ${id.namespace}/${id.name}`),
  )

const config = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`

const hook = (name: string, events: string): string =>
  config(name, `  annotations:\n    helm.sh/hook: ${events}\n`)

const crd = (kind: string, scope = 'Namespaced'): string => {
  const plural = `${kind.toLowerCase()}s`
  const names = `{ kind: ${kind}, plural: ${plural} }`
  const schema = '{ openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }'
  return [
    'apiVersion: apiextensions.k8s.io/v1',
    'kind: CustomResourceDefinition',
    `metadata: { name: ${plural}.x.example }`,
    'spec:',
    `  group: x.example`,
    `  names: ${names}`,
    `  scope: ${scope}`,
    `  versions: [{ name: v1, served: true, storage: true, schema: ${schema} }]`,
    '',
  ].join('\n')
}

const ifHas = (version: string, text: string): string =>
  `{{ if .Capabilities.APIVersions.Has "${version}" }}\n${text}\n{{ end }}\n`

test('hooks get their phases, test hooks are left out, and CRDs are a phase of their own', async (t) => {
  const rendered = await renderCharts(t, {
    web: {
      'crds/things.yaml': crd('Thing'),
      'templates/crd.yaml': crd('Other'),
      'templates/main.yaml': config('main'),
      'templates/migrate.yaml': hook('migrate', 'pre-upgrade,pre-install'),
      'templates/drain.yaml': hook('drain', 'pre-delete, post-delete'),
      'templates/mixed.yaml': hook('mixed', 'test,post-install'),
      'templates/last.yaml': hook('last', 'test,pre-delete'),
      'templates/tests/a.yaml': hook('a', 'test'),
      'templates/tests/b.yaml': hook('b', 'test-success'),
    },
  })
  t.deepEqual(listed(rendered), [
    'crds CustomResourceDefinition /others.x.example',
    'crds CustomResourceDefinition /things.x.example',
    'main ConfigMap shop/main',
    'hooks ConfigMap shop/migrate',
    'hooks ConfigMap shop/mixed',
    'delete-hooks ConfigMap shop/drain',
    'delete-hooks ConfigMap shop/last',
  ])
  const [release] = valueOf(rendered).releases
  t.is(release?.renderedBy, '4.1.4')
  const migrate = release?.objects.find(({ id }) => id.name === 'migrate')
  t.deepEqual(migrate?.hook?.events, ['pre-upgrade', 'pre-install'])
  t.is(migrate?.origin.template, 'web/templates/migrate.yaml')
})

test('a namespace is filled in where the kind has one, by the target and by the CRDs of the whole set', async (t) => {
  const rendered = await renderCharts(t, {
    brings: { 'crds/a.yaml': crd('Inner'), 'templates/b.yaml': crd('Outer', 'Cluster') },
    uses: {
      'templates/a.yaml': 'apiVersion: x.example/v1\nkind: Inner\nmetadata: { name: a }\n',
      'templates/b.yaml': 'apiVersion: x.example/v1\nkind: Outer\nmetadata: { name: b }\n',
      'templates/c.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: c }\n',
      'templates/d.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: d, namespace: kube-system }\n',
      'templates/e.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: e, namespace: "" }\n',
      'templates/f.yaml':
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: f, namespace: shop }\n',
    },
  })
  t.deepEqual(listed(rendered).slice(2), [
    'main ConfigMap kube-system/d',
    'main ConfigMap shop/e',
    'main Namespace /c',
    'main ClusterRole /f',
    'main Inner shop/a',
    'main Outer /b',
  ])
  const role = valueOf(rendered).releases[1]?.objects.find(({ id }) => id.name === 'f')
  t.deepEqual(role?.object.metadata, { name: 'f' })
  t.deepEqual(rendered.ok && rendered.warnings.map(({ code }) => code), ['render/needless-namespace'])
})

test('an object of a CRD appears because the set brings it, and vanishes without', async (t) => {
  const asks = ifHas('x.example/v1/Thing', 'apiVersion: x.example/v1\nkind: Thing\nmetadata: { name: it }')
  const web = { 'templates/a.yaml': config('a'), 'templates/thing.yaml': asks }
  const without = await renderCharts(t, { web })
  t.deepEqual(listed(without), ['main ConfigMap shop/a'])
  for (const place of ['crds', 'templates']) {
    const withIt = await renderCharts(t, { web, operator: { [`${place}/a.yaml`]: crd('Thing') } })
    t.true(listed(withIt).includes('main Thing shop/it'), place)
  }
})

test('charts that look for CRDs of charts that look for CRDs are rendered until nothing changes', async (t) => {
  const rendered = await renderCharts(t, {
    a: { 'templates/a.yaml': ifHas('x.example/v1/Second', config('found')) },
    b: { 'templates/a.yaml': ifHas('x.example/v1', crd('Second')) },
    c: {
      'templates/a.yaml':
        '{{ if not (.Capabilities.APIVersions.Has "x.example/v1/Second") }}{{ fail "needs b" }}{{ end }}',
    },
    d: { 'templates/a.yaml': crd('First') },
  })
  t.deepEqual(listed(rendered), [
    'main ConfigMap shop/found',
    'crds CustomResourceDefinition /seconds.x.example',
    'crds CustomResourceDefinition /firsts.x.example',
  ])
})

test('a chart that leaves its CRD out when it is told of it is refused, not rendered for ever', async (t) => {
  const template = `{{ if not (.Capabilities.APIVersions.Has "x.example/v1") }}\n${crd('Thing')}\n{{ end }}`
  const [found] = problemsOf(await renderCharts(t, { odd: { 'templates/a.yaml': template } }))
  t.is(found?.code, 'render/unsettled')
  t.regex(found?.what ?? '', /what odd renders to/)
})

test('charts are told what the target serves, in both forms, and the whole Kubernetes version', async (t) => {
  const ask = (version: string): string => `{{ .Capabilities.APIVersions.Has "${version}" | quote }}`
  const rendered = await renderCharts(t, {
    web: {
      'templates/a.yaml': config(
        'a',
        [
          'data:',
          `  gv: ${ask('networking.k8s.io/v1')}`,
          `  gvk: ${ask('networking.k8s.io/v1/Ingress')}`,
          `  core: ${ask('v1/Pod')}`,
          `  none: ${ask('networking.k8s.io/v9')}`,
          `  gone: ${ask('policy/v1beta1')}`,
          '  version: {{ .Capabilities.KubeVersion.Version }}',
        ].join('\n'),
      ),
    },
  })
  t.deepEqual(valueOf(rendered).releases[0]?.objects[0]?.object['data'], {
    gv: 'true',
    gvk: 'true',
    core: 'true',
    none: 'false',
    // In helm's compiled-in list, and on no server of this version.
    gone: 'false',
    version: 'v1.36.0',
  })
})

test('a chart that keeps what it finds by lookup is told that nothing is there, of kinds of the set, too', async (t) => {
  const rendered = await renderCharts(t, {
    things: { 'crds/thing.yaml': crd('Thing') },
    web: {
      'templates/a.yaml': config(
        'a',
        'data:\n  secret: {{ lookup "v1" "Secret" "web" "kept" | toJson | quote }}\n  thing: {{ lookup "x.example/v1" "Thing" "web" "" | dig "items" list | len | quote }}\n',
      ),
    },
  })
  const web = valueOf(rendered).releases.find(({ name }) => name === 'web')
  t.deepEqual(web?.objects[0]?.object['data'], { secret: '{}', thing: '0' })
})

test('a lookup of a kind that neither the target nor the set has is named, not guessed', async (t) => {
  const rendered = await renderCharts(t, {
    web: {
      'templates/a.yaml': config(
        'a',
        'data:\n  x: {{ lookup "nobody.example/v1" "Thing" "web" "x" | toJson | quote }}\n',
      ),
    },
  })
  t.deepEqual(
    problemsOf(rendered).map(({ code, what, where: [first] }) => [code, what, first]),
    [
      [
        'render/unanswered',
        'Release web looks up nobody.example/v1 Thing, which nobody here knows.',
        { in: 'file', file: 'releases/web/chart/templates/a.yaml', line: 6 },
      ],
    ],
  )
})

test('a kind that nothing serves is refused, with what would bring it', async (t) => {
  const object = (apiVersion: string, kind: string): string =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x }\n`
  const problems = problemsOf(
    await renderCharts(t, {
      web: {
        'templates/a.yaml': object('extensions/v1beta1', 'Ingress'),
        'templates/b.yaml': object('apps/v1', 'Deploymant'),
        'templates/c.yaml': object('things.example/v1', 'Thing'),
      },
    }),
  )
  t.deepEqual(
    new Map(
      problems.map(({ code, fix, where }) => [
        `${code} ${where[0]?.in === 'object' ? where[0].template : ''}`,
        fix,
      ]),
    ),
    new Map([
      [
        'render/unknown-kind web/templates/a.yaml',
        'It is served as networking.k8s.io/v1: did you mean that?',
      ],
      ['render/unknown-kind web/templates/b.yaml', 'Did you mean Deployment?'],
      [
        'render/unknown-kind web/templates/c.yaml',
        'Add the release whose CustomResourceDefinition brings Thing in things.example/v1; or, if the cluster has it already, name its snapshot (`scout-apply capabilities`) in environments.ENV.snapshot.',
      ],
    ]),
  )
})

test('nulls that mean nothing go, as helm would drop them, and those of custom resources stay', async (t) => {
  const rendered = await renderCharts(t, {
    brings: { 'crds/a.yaml': crd('Thing') },
    uses: {
      'templates/a.yaml':
        'apiVersion: x.example/v1\nkind: Thing\nmetadata: { name: a, labels: null }\nspec: { meant: null }\n',
      'templates/b.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: b, annotations: }\nspec: { replicas: }\n',
    },
  })
  t.deepEqual(
    valueOf(rendered).releases[1]?.objects.map(({ object }) => [object.metadata, object['spec']]),
    [
      [{ name: 'b', namespace: 'shop' }, {}],
      [{ name: 'a', namespace: 'shop' }, { meant: null }],
    ],
  )
})

test('two objects of one identity are refused, within a release and across releases, with both places', async (t) => {
  const problems = problemsOf(
    await renderCharts(t, {
      a: { 'templates/a.yaml': config('same'), 'templates/b.yaml': config('twice') },
      b: { 'templates/x.yaml': config('same'), 'templates/y.yaml': `${config('own')}---\n${config('own')}` },
    }),
  )
  t.deepEqual(
    problems.map(({ what }) => what),
    [
      'ConfigMap shop/same comes twice: from a (a/templates/a.yaml) and from b (b/templates/x.yaml).',
      'ConfigMap shop/own comes twice: from b (b/templates/y.yaml) and from b (b/templates/y.yaml).',
    ],
  )
})

test('one object in two API versions is one object', async (t) => {
  const autoscaler = (version: string): string =>
    `apiVersion: autoscaling/${version}\nkind: HorizontalPodAutoscaler\nmetadata: { name: x }\n`
  const problems = problemsOf(
    await renderCharts(t, { a: { 'templates/a.yaml': `${autoscaler('v1')}---\n${autoscaler('v2')}` } }),
  )
  t.deepEqual(
    problems.map(({ code }) => code),
    ['render/duplicate-object'],
  )
})

test('a hook that runs on delete may bear the name of one that runs on install', async (t) => {
  const rendered = await renderCharts(t, {
    a: { 'templates/a.yaml': `${hook('x', 'pre-install')}---\n${hook('x', 'pre-delete')}` },
  })
  t.deepEqual(listed(rendered), ['hooks ConfigMap shop/x', 'delete-hooks ConfigMap shop/x'])
})

test('manifests come as they are: lists unfolded, CRLF, JSON, several documents, empty ones', async (t) => {
  const rendered = await renderManifests(t, {
    'a.yaml':
      '---\n# nothing\n---\n' + config('one').replaceAll('\n', '\r\n') + '\r\n---\r\n' + config('two'),
    'b.yaml': `apiVersion: v1\nkind: List\nitems:\n  - { apiVersion: v1, kind: ConfigMap, metadata: { name: three } }\n`,
    'c.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "four"}, "data": {"n": "yes"}}',
  })
  t.deepEqual(listed(rendered), [
    'main ConfigMap shop/four',
    'main ConfigMap shop/one',
    'main ConfigMap shop/three',
    'main ConfigMap shop/two',
  ])
  const [release] = valueOf(rendered).releases
  t.is(release?.renderedBy, 'none')
  t.is(release?.objects[3]?.origin.template, 'releases/plain/a.yaml')
})

test('a release that comes to nothing is a warning', async (t) => {
  const rendered = await renderCharts(t, { web: { 'templates/a.yaml': hook('a', 'test') } })
  t.deepEqual(listed(rendered), [])
  t.deepEqual(rendered.ok && rendered.warnings.map(({ code, what }) => `${code}: ${what}`), [
    'render/empty-release: Release web comes to no objects.',
  ])
})

test('every release that fails is reported, each with template, line and an excerpt, while the others are rendered', async (t) => {
  const charts = {
    a: { 'templates/a.yaml': `a: 1\nb: {{ .Values.x.y }}\n` },
    b: {
      'values.yaml': 'count: x\n',
      'values.schema.json': '{"required":["host"],"properties":{"count":{"type":"integer"}}}',
    },
    c: { 'templates/a.yaml': config('fine') },
    d: { 'templates/a.yaml': hook('a', 'pre-instal') },
    e: {
      'templates/a.yaml': 'a: 1\n---\na: 1\n b: {{ "secret" }}\nkind: Secret\n',
      'templates/b.yaml': '{{ "" }}\n---\na: 1\n b: 2\n',
    },
  }
  const files = Object.entries(charts).map(([name, content]) =>
    chartFiles(name, content as unknown as Record<string, string>),
  )
  const root = await siteOf(t, Object.assign({}, ...files) as Record<string, string>)
  const subjects: string[] = []
  const rendered = await renderAt(
    root,
    Object.keys(charts).map((name) => releaseOf(name)),
    {
      tell: (told) => {
        if (told.tell === 'subject' && told.state !== 'working')
          subjects.push(`${told.subject} ${told.state}`)
      },
    },
  )
  const problems = problemsOf(rendered)
  t.deepEqual(
    problems.map(({ code }) => code),
    [
      'render/missing-value',
      'render/values-schema',
      'render/values-schema',
      'render/bad-hook',
      'render/bad-yaml',
      'render/bad-yaml',
    ],
  )
  t.deepEqual(subjects.sort(), ['a failed', 'b failed', 'c done', 'd failed', 'e failed'])
  t.is(
    problems[0]?.what,
    'Release a (chart a 1.0.0): the template reads .Values.x.y, but .Values.x is not set.',
  )
  t.deepEqual(problems[0]?.where, [
    {
      in: 'file',
      file: 'releases/a/chart/templates/a.yaml',
      line: 2,
      column: 7,
      excerpt: { line: 2, text: 'b: {{ .Values.x.y }}', from: 7, to: 18 },
    },
    { in: 'release', release: 'a', file: 'releases/a/release.yaml' },
  ])
  t.deepEqual(problems[4]?.where[0], {
    in: 'file',
    file: 'releases/e/chart/templates/a.yaml (as rendered)',
    line: 4,
    column: 3,
  })
  t.like(problems[5]?.where[0], {
    file: 'releases/e/chart/templates/b.yaml (as rendered)',
    line: 4,
    excerpt: { line: 4, text: ' b: 2' },
  })
  t.regex(problems[0]?.raw ?? '', /^Error: a\/templates\/a\.yaml:2:13/)
})

test('values layers of a release reach the chart, files below inline ones', async (t) => {
  const root = await siteOf(t, {
    ...chartFiles('web', {
      'values.yaml': 'a: chart\nb: chart\nc: chart\n',
      'templates/a.yaml': config('x', 'data: {{ toJson .Values }}\n'),
    }),
    'releases/web/values.yaml': 'b: file\nc: file\n',
  })
  const rendered = await renderAt(root, [
    releaseOf('web', {
      values: [
        { from: 'file', file: 'releases/web/values.yaml' },
        { from: 'release', file: 'releases/web/release.yaml', values: { c: 'release' } },
      ],
    }),
  ])
  t.deepEqual(valueOf(rendered).releases[0]?.objects[0]?.object['data'], {
    a: 'chart',
    b: 'file',
    c: 'release',
  })
})

test('a chart cannot make a problem show a line of a file that is not its own', async (t) => {
  const root = await siteOf(t, {
    'staging.key': 'first line\nsecret line\n',
    ...chartFiles('web', {
      'templates/a.yaml': '{{ fail "web/../../../staging.key:2:1: executing \\"x\\" at <y>: no" }}\n',
    }),
    ...chartFiles('far', { 'templates/a.yaml': '{{ fail "far/../../../../../etc/hostname:1:1: no" }}\n' }),
  })
  const problems = problemsOf(await renderAt(root, [releaseOf('web'), releaseOf('far')]))
  t.deepEqual(
    problems.map(({ code }) => code),
    ['render/chart-refuses', 'render/chart-refuses'],
  )
  t.deepEqual(
    problems.map(({ where: [where] }) => where?.in === 'file' && where.file),
    ['web', 'far'].map((name) => `releases/${name}/chart/templates/a.yaml`),
  )
  t.notRegex(JSON.stringify(problems), /secret line/)
})
