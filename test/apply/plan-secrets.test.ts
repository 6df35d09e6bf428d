import test from 'ava'
import type { KubeObject } from '../../src/core/object.ts'
import { planDocument } from '../../src/core/plan-document.ts'
import type { JudgedPlan } from '../../src/core/judged.ts'
import { planHtml } from '../../src/report/html/plan.ts'
import { jsonText } from '../../src/report/json-text.ts'
import { paintIn } from '../../src/report/paint.ts'
import { describePlan } from '../../src/report/plan.ts'
import { dyingAt, finished } from './dying.ts'
import { judgedWith } from './judging.ts'
import { applied, bundleOf, configMap, deployment, freshSet } from './set.ts'
import { hole, objectsIn, rotate, secret, supply, valuedBundle, valuesIn } from './valued.ts'

/** A plan in every form in which it leaves the program. */
const everyForm = (plan: JudgedPlan): string => {
  const document = planDocument(plan)
  return [jsonText(document, 2), describePlan(plan, paintIn(false)), planHtml(plan, document.digest)].join(
    '\n',
  )
}

const inBase64 = (text: string): string => Buffer.from(text).toString('base64')

test('a change of a Secret names its keys, and neither values nor sizes', async (t) => {
  const { set, release, cluster } = await freshSet('hush')
  const bundle = (sequence: number, texts: { [key: string]: string }) =>
    bundleOf(set, sequence, [{ ...release, objects: [secret('s', texts)] }])
  await applied(cluster, bundle(1, { kept: 'same-hunter1', changed: 'hunter2-before', gone: 'hunter3-gone' }))
  const { plan, of } = await judgedWith(
    cluster,
    bundle(2, { kept: 'same-hunter1', changed: 'hunter2-after!', come: 'hunter4-come' }),
  )
  const change = of('s')
  t.deepEqual(
    change.comes === 'changed'
      ? change.fields.map((one) => [one.name, one.change, 'how' in one && one.how])
      : [],
    [
      ['data.changed', 'hidden', 'changed'],
      ['data.come', 'hidden', 'added'],
      ['data.gone', 'hidden', 'removed'],
    ],
  )
  const text = everyForm(plan)
  t.regex(text, /data\.changed: changed \(not shown\)/)
  for (const value of ['hunter1', 'hunter2', 'hunter3', 'hunter4']) t.false(text.includes(value), value)
  t.notRegex(text, /aHVudGVy|bytes/)
})

test('the copy that kubectl leaves of a Secret is not shown', async (t) => {
  const { set, release, cluster, request, namespace } = await freshSet('copy')
  const theirs = secret('s', { pin: 'hunter-theirs' })
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(theirs) }
  await request('POST', `/api/v1/namespaces/${namespace}/secrets?fieldManager=kubectl-client-side-apply`, {
    body: { ...theirs, metadata: { name: 's', annotations } },
  })
  const { plan, of } = await judgedWith(
    cluster,
    bundleOf(set, 1, [{ ...release, objects: [secret('s', { pin: 'hunter-ours' })] }]),
  )
  t.is(of('s').comes, 'changed')
  const text = everyForm(plan)
  for (const value of ['hunter', inBase64('hunter-theirs'), inBase64('hunter-ours')])
    t.false(text.includes(value), value)
})

const withMail = (namespace: string, mail: string): KubeObject[] => [
  ...objectsIn(namespace).filter((one) => one.metadata.name !== 'settings'),
  { ...configMap('settings', { 'app.yaml': `a: 1\nmail: ${mail}\n` }) },
]

test('what holds a site value is named where it changes, and shown neither as it was nor as it will be', async (t) => {
  const { set, namespace, cluster } = await freshSet('held')
  const bundle = valuedBundle(set, namespace)
  await supply(cluster, bundle, { 'app/smtp': 'first-smtp-word' })
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  await supply(cluster, bundle, { 'app/smtp': 'second-smtp-word' })
  const { plan, of } = await judgedWith(cluster, bundle)
  t.like(of('settings'), {
    comes: 'changed',
    fields: [
      { pointer: '/data/app.yaml', change: 'hidden', how: 'changed' },
      { pointer: '/metadata/annotations/mail', change: 'hidden', how: 'changed' },
    ],
  })
  const text = everyForm(plan)
  for (const value of ['first-smtp-word', 'second-smtp-word', inBase64('first-smtp-word').slice(0, 18)])
    t.false(text.includes(value), value)
})

test('a site value that nobody knows any more is not shown when its field becomes plain text', async (t) => {
  const { set, namespace, cluster } = await freshSet('lostword')
  const first = valuedBundle(set, namespace, 1, withMail(namespace, hole('app/smtp')))
  await supply(cluster, first, { 'app/smtp': 'forgotten-smtp-word' })
  t.deepEqual((await applied(cluster, first)).problems, undefined)
  await supply(cluster, first, { 'app/smtp': 'another-smtp-word' })
  const second = valuedBundle(set, namespace, 2, withMail(namespace, 'nobody@example.org'))
  const { plan } = await judgedWith(cluster, second)
  const text = everyForm(plan)
  t.false(text.includes('forgotten-smtp-word'))
  t.false(text.includes('another-smtp-word'))
  t.regex(text, /data\["app\.yaml"\]: changed \(not shown\)/)
})

test('a text that changes around a site value is not shown, nor a new one with a value in it', async (t) => {
  const { set, namespace, cluster } = await freshSet('around')
  const bundle = (sequence: number, data: { [key: string]: string }) =>
    valuedBundle(set, namespace, sequence, [
      ...objectsIn(namespace).filter((one) => one.metadata.name !== 'settings'),
      configMap('settings', data),
    ])
  const first = bundle(1, { 'app.yaml': `a: 1\nmail: ${hole('app/smtp')}\n`, open: 'one' })
  await supply(cluster, first, { 'app/smtp': 'constant-smtp-word' })
  t.deepEqual((await applied(cluster, first)).problems, undefined)
  const { plan, of } = await judgedWith(
    cluster,
    bundle(2, {
      'app.yaml': `a: 2\nmail: ${hole('app/smtp')}\n`,
      open: 'two',
      url: `smtp://u:${hole('app/smtp')}@h`,
    }),
  )
  const change = of('settings')
  t.deepEqual(change.comes === 'changed' ? change.fields.map((one) => [one.name, one.change]) : [], [
    ['data["app.yaml"]', 'hidden'],
    ['data.open', 'changed'],
    ['data.url', 'hidden'],
  ])
  t.false(everyForm(plan).includes('constant-smtp-word'))
})

test('other fields of an object that holds a site value are shown', async (t) => {
  const { set, namespace, cluster } = await freshSet('beside')
  const mailing = (image: string): KubeObject => {
    const web = JSON.stringify(deployment('mailing')).replace('registry.example/app:1', image)
    return JSON.parse(
      web.replace('"name":"app"', `"env":[{"name":"MAIL","value":"${hole('app/smtp')}"}],"name":"app"`),
    ) as KubeObject
  }
  const bundle = (sequence: number, image: string) =>
    valuedBundle(set, namespace, sequence, [...objectsIn(namespace), mailing(image)])
  await supply(cluster, bundle(1, 'x'), { 'app/smtp': 'visible-smtp-word' })
  t.deepEqual((await applied(cluster, bundle(1, 'registry.example/app:1'))).problems, undefined)
  const { plan, of } = await judgedWith(cluster, bundle(2, 'registry.example/app:2'))
  t.like(of('mailing'), {
    fields: [
      {
        name: 'spec.template.spec.containers[app].image',
        change: 'changed',
        after: { value: 'registry.example/app:2' },
      },
    ],
  })
  t.false(everyForm(plan).includes('visible-smtp-word'))
})

test('two plans of the same are the same, while values are yet to be made and once they are', async (t) => {
  const { set, namespace, cluster } = await freshSet('steady')
  const bundle = valuedBundle(set, namespace)
  const digest = async (): Promise<string> => planDocument((await judgedWith(cluster, bundle)).plan).digest
  await supply(cluster, bundle, { 'app/smtp': 'steady-smtp-word' })
  const before = await digest()
  t.is(await digest(), before)
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  const after = await digest()
  t.is(await digest(), after)
  await rotate(cluster, bundle, 'app/admin')
  const rotated = await digest()
  t.not(rotated, after)
  t.true(valuesIn(namespace).length > 0)
})

test('a value that was rotated since it was applied is told as such, without itself, until an apply has come to its end', async (t) => {
  const { set, namespace, cluster } = await freshSet('news')
  const bundle = valuedBundle(set, namespace)
  await supply(cluster, bundle, { 'app/smtp': 'first-smtp-word' })
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  const newsIn = async (): Promise<string[]> =>
    (await judgedWith(cluster, bundle)).plan.siteValues
      .filter(({ do: how }) => how !== 'keep')
      .map(({ do: how, id }) => `${how} ${id}`)
  t.deepEqual(await newsIn(), [])
  await rotate(cluster, bundle, 'app/admin')
  await supply(cluster, bundle, { 'app/smtp': 'second-smtp-word' })
  const { plan } = await judgedWith(cluster, bundle)
  const news = ['rotate app/admin', 'rotate app/admin-line', 'rotate app/smtp']
  t.deepEqual(await newsIn(), news)
  for (const text of [
    describePlan(plan, paintIn(false)),
    planHtml(plan, 'sha256:1').replaceAll(/<\/?code>/g, ''),
  ])
    for (const id of ['app/admin', 'app/smtp'])
      t.regex(text, new RegExp(`${id}.{1,3}rotated, or supplied anew, since it was applied`))
  t.false(everyForm(plan).includes('-smtp-word'))
  // A run that dies on its way has not rolled it out.
  const { cluster: dying } = dyingAt(cluster, 2)
  t.false(await finished(() => applied(dying, bundle)))
  t.deepEqual(await newsIn(), news)
  t.deepEqual((await applied(cluster, bundle)).problems, undefined)
  t.deepEqual(await newsIn(), [])
})
