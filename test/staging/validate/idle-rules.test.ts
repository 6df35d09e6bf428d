import test from 'ava'
import { usualPolicy } from '../../../src/core/policy.ts'
import type { Policy } from '../../../src/core/policy.ts'
import { idleRules } from '../../../src/staging/validate/idle-rules.ts'
import { validate } from '../../../src/staging/validate/validate.ts'
import { loadTarget } from '../../../src/system/schemas.ts'
import { setOf } from './set-of.ts'

const [web] = setOf({
  web: [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 1, template: { spec: { containers: [{ name: 'a' }, { name: 'b', image: 'b' }] } } },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
  ],
}).releases

const told = (policy: Partial<Policy>): string[] =>
  idleRules({ ...web!, policy: { ...usualPolicy, ...policy } }).map(({ what, fix }) => `${what} ${fix}`)

const fields = ['/spec/replicas']
const ready = [{ condition: 'Ready', is: 'True' } as const]
const cases: [claim: string, policy: Partial<Policy>, expected: string[]][] = [
  [
    'rules that objects follow are no news',
    {
      ignore: [
        { kind: 'Deployment.apps', name: 'web', fields },
        { kind: '*', fields: ['/spec/template/spec/containers/*/image', '/spec/template/spec/containers/0'] },
      ],
      recreate: ['Service'],
      ready: [{ kind: 'Deployment.apps', ready, failed: [] }],
    },
    [],
  ],
  [
    'a kind without its group is answered with the one that was meant',
    { ignore: [{ kind: 'Deployment', fields }], recreate: ['Deployments.apps'] },
    [
      'Release web: `apply.ignore[0]` is for `Deployment`, and it has no object of that kind. Did you mean `Deployment.apps`?',
      'Release web: `apply.recreate` is for `Deployments.apps`, and it has no object of that kind. Did you mean `Deployment.apps`?',
    ],
  ],
  [
    'a field that no object has is told',
    {
      ignore: [
        {
          kind: 'Deployment.apps',
          fields: [
            '/spec/replica',
            '/spec/replicas',
            '/spec/template/spec/containers/*/env',
            '/spec/replicas/x',
          ],
        },
      ],
    },
    ['/spec/replica', '/spec/template/spec/containers/*/env', '/spec/replicas/x'].map(
      (field) =>
        `Release web: \`apply.ignore[0]\` names \`${field}\`, and no object that it is for has that field. Correct it, or remove it.`,
    ),
  ],
  [
    'a name that no object has is told, with the name that was meant',
    { ready: [{ kind: 'Service', name: 'wbe', ready, failed: [] }] },
    [
      'Release web: `apply.ready[0]` is for `Service`, and it has no object of the name `wbe`. Did you mean `web`?',
    ],
  ],
  [
    'a kind that is like no other is told, with the form that a kind has',
    { ready: [{ kind: 'Widget.example.com', ready, failed: [] }] },
    [
      'Release web: `apply.ready[0]` is for `Widget.example.com`, and it has no object of that kind. Remove it, or name what the release has: the kind and its group, such as Deployment.apps.',
    ],
  ],
]
for (const [claim, policy, expected] of cases) test(claim, (t) => t.deepEqual(told(policy), expected))

test('a rule that does nothing is a warning, and the set passes', async (t) => {
  const target = await loadTarget('1.36')
  if (!target.ok) return t.fail(target.problems[0].what)
  const set = setOf({ web: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } }] })
  const releases = set.releases.map((one) => ({
    ...one,
    policy: { ...usualPolicy, recreate: ['StatefulSet.apps'] },
  }))
  const outcome = validate({ ...set, releases }, target.value)
  t.true(outcome.ok)
  t.like(outcome.ok ? outcome.warnings : [], [
    {
      code: 'validate/idle-rule',
      severity: 'warning',
      where: [{ in: 'release', release: 'web', file: 'releases/web/release.yaml' }],
    },
  ])
})
