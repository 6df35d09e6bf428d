import test from 'ava'
import type { Memory } from '../../../src/core/effects/memory.ts'
import type { Json } from '../../../src/core/json.ts'
import type { Release } from '../../../src/core/records.ts'
import { placeholderOf } from '../../../src/core/site-values/placeholder.ts'
import type { Told } from '../../../src/core/stepper.ts'
import { addTo, chartFiles, releaseOf, siteOf, valueOf } from '../resolve/small-site.ts'
import { renderAt } from './render-at.ts'
import type { Rendered } from './render-at.ts'

const config = (name: string, text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { text: ${text} }\n`

/** A ConfigMap that says what a lookup of a ConfigMap's text finds. */
const looking = (name: string, at: string, found: string): string =>
  config(
    name,
    `{{ (lookup "v1" "ConfigMap" "${at}" "${found}").data | default (dict "text" "nothing") | toJson | quote }}`,
  )

const textOf = (rendered: Rendered, name: string): unknown =>
  valueOf(rendered)
    .releases.flatMap(({ objects }) => objects)
    .filter(({ id }) => id.name === name)
    .map(({ object }) => (object['data'] as { text: string }).text)[0]

const nothing = '{"text":"nothing"}'

test('a chart finds by lookup what its dependencies render to, near and far, and nothing of the other releases', async (t) => {
  const root = await siteOf(t, {
    ...chartFiles('base', { 'templates/a.yaml': config('base', 'deep') }),
    ...chartFiles('middle', { 'templates/a.yaml': looking('middle', 'shop', 'base') }),
    ...chartFiles('top', {
      'templates/a.yaml': `${looking('far', 'shop', 'base')}---\n${looking('near', 'shop', 'middle')}`,
    }),
    ...chartFiles('stranger', { 'templates/a.yaml': looking('strange', 'shop', 'base') }),
  })
  const rendered = await renderAt(root, [
    releaseOf('base'),
    releaseOf('middle', { dependsOn: ['base'] }),
    releaseOf('top', { dependsOn: ['middle'] }),
    releaseOf('stranger'),
  ])
  t.deepEqual(
    ['middle', 'far', 'near', 'strange'].map((name) => textOf(rendered, name)),
    ['{"text":"deep"}', '{"text":"deep"}', '{"text":"{\\"text\\":\\"deep\\"}"}', nothing],
  )
})

test('of its own objects a chart finds nothing, as at its first install, unless its release looks back at the last render', async (t) => {
  const root = await siteOf(t, {
    ...chartFiles('web', { 'templates/a.yaml': looking('own', 'shop', 'own') }),
    'rendered/production/web/main/shop/ConfigMap_own.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: own\n  namespace: shop\ndata:\n  text: before\n',
  })
  const policies: Release['lookup'][] = ['nothing', 'last-render']
  const found = []
  for (const lookup of policies)
    found.push(textOf(await renderAt(root, [releaseOf('web', { lookup })]), 'own'))
  t.deepEqual(found, [nothing, '{"text":"before"}'])
})

test('a last render that is no YAML is refused, not taken for none', async (t) => {
  const root = await siteOf(t, {
    ...chartFiles('web', { 'templates/a.yaml': looking('own', 'shop', 'own') }),
    'rendered/production/web/main/shop/ConfigMap_own.yaml': '<<<<<<< HEAD\na: 1\n',
  })
  const rendered = await renderAt(root, [releaseOf('web', { lookup: 'last-render' })])
  t.false(rendered.ok)
  t.regex(rendered.ok ? '' : JSON.stringify(rendered.problems), /ConfigMap_own\.yaml/)
})

test('namespaces of releases are there, and a Secret that people supply is there with placeholders for its keys', async (t) => {
  const root = await siteOf(
    t,
    chartFiles('web', {
      'templates/a.yaml': [
        config('named', '{{ (lookup "v1" "Namespace" "" "shop").metadata.name }}'),
        config('copied', '{{ (lookup "v1" "Secret" "shop" "db").data.password | b64dec }}'),
        config('absent', '{{ (lookup "v1" "Namespace" "" "nowhere").metadata | default "none" }}'),
      ].join('---\n'),
    }),
  )
  const supplied = [{ name: 'db', namespace: 'shop', keys: ['password'] }]
  const rendered = await renderAt(root, [releaseOf('web', { supplied })])
  t.deepEqual(
    ['named', 'copied', 'absent'].map((name) => textOf(rendered, name)),
    ['shop', placeholderOf('secret:shop/db/password', 'value'), 'none'],
  )
})

/** A memory that lasts as long as the test. */
const shortMemory = (): Memory => {
  const known = new Map<string, Json>()
  return {
    recall: async (key) => known.get(key),
    holds: (key) => known.has(key),
    digestOf: () => undefined,
    keep: async (key, value) => void known.set(key, value),
  }
}

test('a release is rendered anew only where its chart, its values, or an answer to what it looks up has changed', async (t) => {
  const root = await siteOf(t, {
    ...chartFiles('base', { 'templates/a.yaml': config('base', 'one') }),
    ...chartFiles('asks', { 'templates/a.yaml': looking('asks', 'shop', 'base') }),
    ...chartFiles('quiet', { 'templates/a.yaml': config('quiet', '{{ .Values.text }}') }),
    'values.yaml': 'text: first\n',
  })
  const memory = shortMemory()
  const releases = [
    releaseOf('base'),
    releaseOf('asks', { dependsOn: ['base'] }),
    releaseOf('quiet', { values: [{ from: 'file', file: 'values.yaml' }] }),
  ]
  const worked = async (): Promise<string[]> => {
    const names = new Set<string>()
    const tell = (told: Told): void => {
      if (told.tell === 'subject' && told.state === 'working') names.add(told.subject)
    }
    valueOf(await renderAt(root, releases, { memory, tell }))
    return [...names].sort()
  }
  t.deepEqual(await worked(), ['asks', 'base', 'quiet'])
  t.deepEqual(await worked(), [])
  await addTo(root, { 'values.yaml': 'text: second\n' })
  t.deepEqual(await worked(), ['quiet'])
  await addTo(root, chartFiles('base', { 'templates/a.yaml': config('base', 'two') }))
  t.deepEqual(await worked(), ['asks', 'base'])
  t.is(textOf(await renderAt(root, releases, { memory }), 'asks'), '{"text":"two"}')
})

test('of the releases that nobody asks for, only those are rendered that bring CRDs or that are depended on', async (t) => {
  const crd = [
    'apiVersion: apiextensions.k8s.io/v1',
    'kind: CustomResourceDefinition',
    'metadata: { name: things.x.example }',
    'spec: { group: x.example, scope: Namespaced, names: { kind: Thing, plural: things }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] }',
    '',
  ].join('\n')
  const root = await siteOf(t, {
    ...chartFiles('brings', { 'templates/a.yaml': crd }),
    ...chartFiles('base', { 'templates/a.yaml': config('base', 'x') }),
    ...chartFiles('other', { 'templates/a.yaml': config('other', 'x') }),
    ...chartFiles('web', { 'templates/a.yaml': config('web', 'x') }),
  })
  const releases = ['brings', 'base', 'other'].map((name) => releaseOf(name))
  const rendered = await renderAt(root, [...releases, releaseOf('web', { dependsOn: ['base'] })], {
    wanted: ['web'],
  })
  t.deepEqual(
    valueOf(rendered).releases.map(({ name }) => name),
    ['brings', 'base', 'web'],
  )
})

test('what the snapshot of the cluster holds is found, and what a dependency renders to comes over it', async (t) => {
  const root = await siteOf(t, {
    ...chartFiles('base', { 'templates/a.yaml': config('both', 'rendered') }),
    ...chartFiles('web', {
      'templates/a.yaml': `${looking('own', 'kube-system', 'given')}---\n${looking('over', 'shop', 'both')}`,
    }),
  })
  const objects = [
    ['kube-system', 'given'],
    ['shop', 'both'],
  ].map(([namespace = '', name = '']) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name },
    data: { text: 'of the cluster' },
  }))
  const releases = [releaseOf('base'), releaseOf('web', { dependsOn: ['base'] })]
  const rendered = await renderAt(root, releases, { objects })
  t.is(textOf(rendered, 'own'), '{"text":"of the cluster"}')
  t.is(textOf(rendered, 'over'), '{"text":"rendered"}')
})

test('a Secret of a dependency is found as the server stores it, and lists come by name', async (t) => {
  const secret =
    'apiVersion: v1\nkind: Secret\nmetadata: { name: both }\nstringData: { a: plain }\ndata: { b: ZW5j }\n'
  const root = await siteOf(t, {
    ...chartFiles('base', {
      'templates/a.yaml': `${config('zeta', 'x')}---\n${config('alpha', 'x')}---\n${secret}`,
    }),
    ...chartFiles('web', {
      'templates/a.yaml': [
        config('folded', '{{ (lookup "v1" "Secret" "shop" "both").data | toJson | quote }}'),
        config(
          'listed',
          '"{{ range (lookup "v1" "ConfigMap" "shop" "").items }}{{ .metadata.name }} {{ end }}"',
        ),
      ].join('---\n'),
    }),
  })
  const rendered = await renderAt(root, [releaseOf('base'), releaseOf('web', { dependsOn: ['base'] })])
  t.is(textOf(rendered, 'folded'), '{"a":"cGxhaW4=","b":"ZW5j"}')
  t.is(textOf(rendered, 'listed'), 'alpha zeta ')
})

test('one release alone renders as it does with all, also where its CRDs hang on what another release depends on', async (t) => {
  const crd = [
    'apiVersion: apiextensions.k8s.io/v1',
    'kind: CustomResourceDefinition',
    'metadata: { name: things.x.example }',
    'spec: { group: x.example, scope: Namespaced, names: { kind: Thing, plural: things }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] }',
  ].join('\n')
  const root = await siteOf(t, {
    ...chartFiles('base', { 'templates/a.yaml': config('base', 'x') }),
    ...chartFiles('brings', {
      'templates/a.yaml': `{{ if lookup "v1" "ConfigMap" "shop" "base" }}\n${crd}\n{{ end }}`,
    }),
    ...chartFiles('web', {
      'templates/a.yaml': config('web', '{{ .Capabilities.APIVersions.Has "x.example/v1" | quote }}'),
    }),
  })
  const releases = [releaseOf('base'), releaseOf('brings', { dependsOn: ['base'] }), releaseOf('web')]
  const found = [undefined, ['web']].map(async (wanted) =>
    textOf(await renderAt(root, releases, wanted ? { wanted } : {}), 'web'),
  )
  t.deepEqual(await Promise.all(found), ['true', 'true'])
})
