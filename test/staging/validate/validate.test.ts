import test from 'ava'
import { idOf } from '../../../src/core/object.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import type { Problem } from '../../../src/core/problem.ts'
import { phases } from '../../../src/core/records.ts'
import { validate } from '../../../src/staging/validate/validate.ts'
import { loadTarget } from '../../../src/system/schemas.ts'
import { cases, crd } from './cases.ts'
import { setOf } from './set-of.ts'

const loaded = await loadTarget('1.36')
if (!loaded.ok) throw new Error(loaded.problems[0].what)
const target = loaded.value

const problemsOf = (...objects: KubeObject[]): Problem[] => {
  const outcome = validate(setOf({ web: objects }), target)
  return outcome.ok ? outcome.warnings : outcome.problems
}

for (const { title, object, refused, warned } of cases) {
  const expected = refused ?? warned
  test(`${refused ? 'refuses' : warned ? 'warns of' : 'passes'}: ${title}`, (t) => {
    const found = problemsOf(...(object.kind === crd.kind ? [object] : [crd, object]))
    if (expected === undefined) {
      t.deepEqual(found, [])
      return
    }
    t.is(found.length, 1, found.map((one) => one.what).join('\n'))
    t.is(found[0]?.code, `validate/${expected.code}`)
    t.is(found[0]?.severity, refused ? 'error' : 'warning')
    t.like(found[0]?.where[0], { in: 'object', release: 'web', pointer: expected.pointer, line: 7 })
    t.true(found[0]?.fix.includes(expected.fix ?? ''), found[0]?.fix)
  })
}

const configMap = (name: string, rest: object = {}): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, ...rest }) as KubeObject

test('a problem names the object, the place, the template, the reason and the way out', (t) => {
  t.deepEqual(problemsOf(configMap('web', { dta: {} })), [
    {
      code: 'validate/unknown-field',
      severity: 'error',
      fault: 'input',
      what: 'ConfigMap shop/web has no field dta.',
      where: [
        {
          in: 'object',
          object: idOf(configMap('web')),
          release: 'web',
          pointer: '/dta',
          template: 'templates/0.yaml',
          line: 7,
        },
      ],
      why: 'The API server would refuse it.',
      fix: 'Did you mean `data`?',
    },
  ])
})

test('all problems of all releases come at once, in the order of release, object and place', (t) => {
  const broken = { dta: {}, bogus: {}, immutable: 'no' }
  const outcome = validate(
    setOf({ b: [configMap('z', broken)], a: [configMap('y', broken), configMap('x', broken)] }),
    target,
  )
  t.false(outcome.ok)
  t.deepEqual(
    outcome.ok
      ? []
      : outcome.problems.map((one) => one.what.split(' ').slice(1, 2).concat(one.code).join(' ')),
    ['shop/x', 'shop/y', 'shop/z'].flatMap((name) => [
      `${name} validate/unknown-field`,
      `${name} validate/unknown-field`,
      `${name} validate/wrong-type`,
    ]),
  )
})

for (const phase of phases) {
  test(`objects of the phase ${phase} are judged`, (t) => {
    t.false(validate(setOf({ web: [configMap('web', { dta: {} })] }, phase), target).ok)
  })
}

test('what passes says for which Kubernetes it was judged', (t) => {
  const outcome = validate(setOf({ web: [configMap('web')] }), target)
  t.is(outcome.ok ? outcome.value.releases[0]?.validatedFor : undefined, '1.36')
})

test('one release may bring the CRD and another its custom resources', (t) => {
  const good = cases.find(({ title }) => title === 'a custom resource with everything')?.object as KubeObject
  t.true(validate(setOf({ a: [good], operator: [crd] }), target).ok)
  t.false(validate(setOf({ a: [good] }), target).ok)
})

test('two equal items are both named', (t) => {
  const [found] = problemsOf(
    crd,
    cases.find(({ title }) => title.startsWith('an item of a list by keys twice'))?.object as KubeObject,
  )
  t.is(found?.what, 'Gauge main has name "a", kind "plain" twice: spec.rows[0] and spec.rows[1].')
})

test('a value of a Secret is in no problem', (t) => {
  const secret = (rest: object): KubeObject =>
    ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'web', namespace: 'shop' },
      ...rest,
    }) as KubeObject
  for (const rest of [
    { data: { password: 'hunter2!' } },
    { stringData: { password: ['hunter2!'] } },
    { data: 'hunter2!' },
    { immutable: 'hunter2!' },
    { type: { a: 'hunter2!' } },
  ]) {
    const found = problemsOf(secret(rest))
    t.is(found.length, 1)
    t.false(JSON.stringify(found).includes('hunter2'))
  }
})

test('an integer beyond 2^63 is refused, although the API server would take it and store another number', (t) => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      terminationGracePeriodSeconds: 9223372036854775808n,
      containers: [{ name: 'web', image: 'web:1' }],
    },
  }
  t.deepEqual(
    problemsOf(pod).map((one) => one.what),
    [
      'Pod shop/web has a wrong value in spec.terminationGracePeriodSeconds: it must be at most 9223372036854775807.',
    ],
  )
})

test('a pattern that only Go can read is a warning that names it', (t) => {
  const withPattern = structuredClone(crd) as unknown as {
    spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: { properties: object } } } } }[] }
  }
  Object.assign(withPattern.spec.versions[0]?.schema.openAPIV3Schema.properties.spec.properties ?? {}, {
    code: { type: 'string', pattern: '^(?i:a|(?U)b+)$' },
  })
  const gauge = {
    apiVersion: 'validate.scout.example/v1',
    kind: 'Gauge',
    metadata: { name: 'main' },
    spec: { limit: 1, code: 'a' },
  }
  const outcome = validate(setOf({ web: [withPattern as unknown as KubeObject, gauge] }), target)
  t.true(outcome.ok)
  t.deepEqual(outcome.ok && outcome.warnings.map(({ code, severity }) => ({ code, severity })), [
    { code: 'validate/unchecked-pattern', severity: 'warning' },
  ])
})

const hostile: [string, unknown][] = [
  ['a text as spec', 'x'],
  ['a list as spec', [1]],
  ['null as spec', null],
  [
    'versions that are none',
    { group: 'a.example', names: { kind: 'A', plural: 'as' }, versions: [1, null, {}] },
  ],
  [
    'a schema that is none',
    {
      group: 'a.example',
      names: { kind: 'A', plural: 'as' },
      scope: 'Cluster',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 5, properties: [1], items: 'x', anyOf: {}, required: 'a' } },
        },
      ],
    },
  ],
]

for (const [title, spec] of hostile) {
  test(`a broken CRD is refused and breaks nothing: ${title}`, (t) => {
    const broken = { ...crd, metadata: { name: 'as.a.example' }, spec } as KubeObject
    const custom = { apiVersion: 'a.example/v1', kind: 'A', metadata: { name: 'a' }, spec: { b: 1 } }
    t.true(problemsOf(broken, custom).some((one) => one.severity === 'error'))
  })
}
