import test from 'ava'
import { apiVersionOf, findKind } from '../../src/core/target.ts'
import { loadTarget } from '../../src/system/schemas.ts'

for (const version of ['1.36', '1.36.3', 'v1.36']) {
  test(`the tables of Kubernetes ${version} are those of 1.36`, async (t) => {
    const outcome = await loadTarget(version)
    t.is(outcome.ok ? outcome.value.kubernetes : undefined, '1.36')
  })
}

test('every kind that can be created has a definition, by which it is judged', async (t) => {
  const outcome = await loadTarget('1.36')
  if (!outcome.ok) return t.fail()
  const { kinds, schemas } = outcome.value
  t.deepEqual(findKind(kinds, 'apps/v1', 'Deployment'), {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    plural: 'deployments',
    namespaced: true,
  })
  t.is(findKind(kinds, 'policy/v1beta1', 'PodDisruptionBudget'), undefined)
  t.deepEqual(
    kinds.filter((kind) => {
      const name = schemas.kinds[`${apiVersionOf(kind)}/${kind.kind}`]
      return name === undefined || schemas.definitions[name] === undefined
    }),
    [],
  )
})

for (const version of ['1.2', '1', '', 'latest', '../1.36', '1.36/../1.36', '1.36.3.4']) {
  test(`a version without tables is refused, with those that there are: "${version}"`, async (t) => {
    const outcome = await loadTarget(version)
    t.is(outcome.ok ? undefined : outcome.problems[0].code, 'validate/unknown-kubernetes-version')
    t.true(!outcome.ok && outcome.problems[0].fix.includes('1.36'))
  })
}
