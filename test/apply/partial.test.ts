import test from 'ava'
import type { KubeObject } from '../../src/core/object.ts'
import { nextAfter } from '../../src/report/run.ts'
import { clock } from '../../src/system/clock.ts'
import type { Sketch } from './set.ts'
import { applied, bundleOf, configMap, deployment, freshSet, widgetCrd } from './set.ts'

const stuck = deployment('stuck', { 'test.scout/fate': 'crash' })

/** `db` never gets ready; `shop` depends on it, `mail` on `shop`, and `docs` on nobody. */
const scene = async (purpose: string) => {
  const { namespace, set, cluster, request } = await freshSet(purpose)
  const sketches = (broken: boolean): Sketch[] => [
    { name: 'db', namespace, timeoutSeconds: 3, objects: [broken ? stuck : configMap('db')] },
    { name: 'shop', namespace, dependsOn: ['db'], objects: [configMap('shop')] },
    { name: 'mail', namespace, dependsOn: ['shop'], objects: [configMap('mail')] },
    { name: 'docs', namespace, objects: [configMap('docs')] },
  ]
  const names = async (): Promise<string[]> => {
    const { body } = await request('GET', `/api/v1/namespaces/${namespace}/configmaps`)
    return (body.items as { metadata: { name: string } }[])
      .map((one) => one.metadata.name)
      .filter((name) => name !== 'kube-root-ca.crt')
      .sort()
  }
  const first = { name: 'docs', namespace, objects: [configMap('docs', { a: 'old' }), configMap('gone')] }
  return { cluster, set, names, sketches, before: bundleOf(set, 1, [first]) }
}

test('a release that fails ends the run with its wave, nothing is pruned, and the report says what was not begun', async (t) => {
  const { cluster, set, names, sketches, before } = await scene('partial')
  t.deepEqual((await applied(cluster, before)).problems, undefined)
  const { problems, report } = await applied(cluster, bundleOf(set, 2, sketches(true)))
  t.like(problems, [{ code: 'apply/not-ready', fault: 'world' }])
  t.deepEqual(
    report?.releases.map(({ name, state, because }) => [name, state, because]),
    [
      ['db', 'failed', undefined],
      ['shop', 'not begun', 'the run ended before it'],
      ['mail', 'not begun', 'the run ended before it'],
      ['docs', 'not begun', 'the run ended before it'],
    ],
  )
  t.deepEqual(await names(), ['docs', 'gone'])
})

test('with keepGoing only what depends on a failed release is left out, nothing is pruned, and the next run goes on', async (t) => {
  const { cluster, set, names, sketches, before } = await scene('going')
  t.deepEqual((await applied(cluster, before)).problems, undefined)
  const broken = bundleOf(set, 2, sketches(true))
  const { problems, report } = await applied(cluster, broken, { keepGoing: true })
  t.like(problems, [{ code: 'apply/not-ready' }])
  t.is(problems?.length, 1)
  t.deepEqual(
    report?.releases.map(({ name, state, because }) => [name, state, because]),
    [
      ['db', 'failed', undefined],
      ['shop', 'not begun', 'it depends on db'],
      ['mail', 'not begun', 'it depends on shop'],
      ['docs', 'done', undefined],
    ],
  )
  t.true((report?.releases[0]?.took ?? 0) >= 3000)
  t.like(report?.releases[0]?.problems, [{ code: 'apply/not-ready' }])
  t.deepEqual(report && nextAfter(report, { file: "my bundle's.tgz" }).map(([line]) => line), [
    "scout-apply 'my bundle'\\''s.tgz' status",
    "scout-apply resume 'my bundle'\\''s.tgz'",
  ])
  t.deepEqual(await names(), ['docs', 'gone'])

  const mended = bundleOf(set, 3, sketches(false))
  const second = await applied(cluster, mended, { keepGoing: true })
  t.deepEqual(second.problems, undefined)
  t.deepEqual(
    second.report?.releases.map(({ name, state }) => [name, state]),
    [
      ['db', 'done'],
      ['shop', 'done'],
      ['mail', 'done'],
      ['docs', 'unchanged'],
    ],
  )
  t.deepEqual(await names(), ['db', 'docs', 'mail', 'shop'])
})

test('a run is taken up with its own bundle only, and only where there is one to take up', async (t) => {
  const { cluster, set, sketches, before } = await scene('resume')
  t.like((await applied(cluster, before, { resume: true })).problems, [
    { code: 'plan/nothing-to-resume', fault: 'input' },
  ])
  t.deepEqual((await applied(cluster, before)).problems, undefined)
  const broken = bundleOf(set, 2, sketches(true))
  t.like((await applied(cluster, before, { resume: true })).problems, [{ code: 'plan/nothing-to-resume' }])
  t.like((await applied(cluster, broken)).problems, [{ code: 'apply/not-ready' }])
  const other = await applied(cluster, bundleOf(set, 3, sketches(false)), { resume: true })
  t.like(other.problems, [{ code: 'plan/another-bundle' }])
  t.regex(other.problems?.[0]?.what ?? '', /begun with bundle 1\.0\.2 \(sequence 2, .*and this is 1\.0\.3/)
  t.like((await applied(cluster, broken, { resume: true })).problems, [{ code: 'apply/not-ready' }])
})

test('releases of one wave end side by side: one that fails stops none of them, and all of the next wave', async (t) => {
  const { namespace, set, cluster, request } = await freshSet('wave')
  const bundle = bundleOf(set, 1, [
    { name: 'db', namespace, timeoutSeconds: 2, objects: [stuck] },
    { name: 'docs', namespace, objects: [configMap('docs')] },
    { name: 'shop', namespace, objects: [configMap('shop')] },
  ])
  const waves = { ...bundle, manifest: { ...bundle.manifest, waves: [['db', 'docs'], ['shop']] } }
  const { problems, report } = await applied(cluster, waves)
  t.like(problems, [{ code: 'apply/not-ready' }])
  t.deepEqual(
    report?.releases.map(({ name, state }) => [name, state]),
    [
      ['db', 'failed'],
      ['docs', 'done'],
      ['shop', 'not begun'],
    ],
  )
  t.is((await request('GET', `/api/v1/namespaces/${namespace}/configmaps/docs`)).status, 200)
})

test('without its CRDs no release is begun, with keepGoing as well', async (t) => {
  const { namespace, set, cluster } = await freshSet('no-crd')
  // Of two that want the same names the server establishes one, whichever it sees first, and the other one never.
  const group = `${namespace}.example.com`
  const first = widgetCrd(group)
  const second = {
    ...first,
    metadata: { name: `gadgets.${group}` },
    spec: structuredClone(first['spec']),
  } as KubeObject
  Object.assign(second['spec'] as object, {
    names: { kind: 'Widget', plural: 'gadgets', singular: 'gadget', listKind: 'WidgetList' },
  })
  const bundle = bundleOf(set, 1, [
    { name: 'operator', namespace, objects: [first, second] },
    { name: 'docs', namespace, objects: [configMap('docs')] },
  ])
  let ahead = 0
  const { problems, report } = await applied(cluster, bundle, {
    keepGoing: true,
    clock: { ...clock, now: () => Date.now() + ahead },
    listen: (told) => {
      if (told.tell === 'subject' && told.subject === 'CRDs' && told.ready?.done === 1) ahead = 61_000
    },
  })
  t.like(problems, [{ fault: 'world' }])
  t.regex(problems?.[0]?.what ?? '', /CustomResourceDefinition (gadgets|widgets)\./)
  t.deepEqual(
    report?.releases.map(({ name, state, because }) => [name, state, because]),
    [
      ['operator', 'not begun', 'the run ended before it'],
      ['docs', 'not begun', 'the run ended before it'],
    ],
  )
})
