import test from 'ava'
import type { JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import type { ReadyRule } from '../../src/core/policy.ts'
import { applied, bundleOf, configMap, freshSet, widget, widgetCrd } from './set.ts'

/** A kind whose status anybody may write, and whose conditions say nothing of whether it works. */
const crdOf = (group: string): KubeObject => {
  const crd = widgetCrd(group)
  const spec = crd['spec'] as { versions: { schema: { openAPIV3Schema: { properties: JsonObject } } }[] }
  for (const { schema } of spec.versions)
    schema.openAPIV3Schema.properties['status'] = {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
    }
  return crd
}

const scene = async (purpose: string) => {
  const { cluster, namespace, set, request } = await freshSet(purpose)
  const group = `${namespace}.example.com`
  const rule: ReadyRule = {
    kind: `Widget.${group}`,
    ready: [{ path: '/status/phase', equals: 'Running' }],
    failed: [{ path: '/status/phase', equals: 'Failed' }],
  }
  const bundle = (status: JsonObject) =>
    bundleOf(set, 1, [
      { name: 'crds', namespace, objects: [crdOf(group)] },
      {
        name: 'app',
        namespace,
        objects: [{ ...widget(group, 'w'), status }],
        policy: { ready: [rule] },
        timeoutSeconds: 3,
      },
      { name: 'later', namespace, objects: [configMap('later')], dependsOn: ['app'] },
    ])
  const later = async () => (await request('GET', `/api/v1/namespaces/${namespace}/configmaps/later`)).status
  const clean = () =>
    request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`)
  return { cluster, bundle, later, clean }
}

const cases: [claim: string, status: JsonObject, told: RegExp | undefined][] = [
  ['is ready by the field that its rule names, and the next wave starts', { phase: 'Running' }, undefined],
  [
    'is waited for by the field that its rule names, and the next wave does not start',
    { phase: 'Starting', conditions: [{ type: 'Ready', status: 'True' }] },
    /^Widget \S+ is not ready after 3 s: \/status\/phase is "Starting" instead of "Running"/,
  ],
  [
    'has failed where its rule says so, and nobody waits for the time to be over',
    { phase: 'Failed' },
    /^Widget \S+ has failed: \/status\/phase is "Failed"/,
  ],
]
for (const [claim, status, told] of cases)
  test(`a custom resource ${claim}`, async (t) => {
    const { cluster, bundle, later, clean } = await scene('ownready')
    t.teardown(clean)
    const { problems } = await applied(cluster, bundle(status))
    t.is(await later(), told ? 404 : 200)
    if (told) t.regex(problems?.[0]?.what ?? '', told)
    else t.is(problems, undefined)
  })
