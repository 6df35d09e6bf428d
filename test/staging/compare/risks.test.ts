import { readdirSync } from 'node:fs'
import test from 'ava'
import { printJson } from '../../../src/core/json.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { compare } from '../../../src/staging/compare/compare.ts'
import { rules } from '../../../src/staging/compare/risks/rules.ts'

const filesOf = (object: JsonObject | undefined): Map<string, string> =>
  new Map(object === undefined ? [] : [['web/main/shop/x.yaml', printJson(object)]])

/** What a rule finds when the whole comparison is made, as it is for a reviewer. */
const found = (rule: string, before: JsonObject | undefined, after: JsonObject | undefined): string[] => {
  const outcome = compare(filesOf(before), filesOf(after))
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  const risks = outcome.value.releases.flatMap(({ objects }) => objects.flatMap((object) => object.risks))
  return risks.filter(({ id }) => id === rule).map(({ what }) => what)
}

for (const rule of rules)
  for (const { title, before, after, finds } of rule.examples)
    test(`${rule.id}: ${title}`, (t) => {
      t.deepEqual(found(rule.id, before, after), finds)
    })

test('every file of risks/ is a rule of the list, and each has an example that it finds and one that it does not', (t) => {
  const folder = new URL('../../../src/staging/compare/risks/', import.meta.url)
  const files = readdirSync(folder).filter((file) => file !== 'rules.ts')
  t.deepEqual(rules.map(({ id }) => `${id}.ts`).sort(), files.sort())
  for (const { id, examples } of rules) {
    t.true(
      examples.some(({ finds }) => finds.length > 0),
      id,
    )
    t.true(
      examples.some(({ finds }) => finds.length === 0),
      id,
    )
  }
})

const odd: JsonObject[] = [
  { spec: null },
  { spec: { template: 'x', ports: {}, replicas: '0', selector: [] } },
  { spec: { containers: [null, 1, { securityContext: [] }], volumes: [null, { hostPath: 'x' }] } },
  { rules: { a: 1 }, subjects: 'x', roleRef: [] },
  { rules: [null, { verbs: '*', resources: [1, null] }] },
]
for (const kind of ['Deployment', 'Service', 'ClusterRole', 'Job', '__proto__', 'constructor'])
  test(`no rule falls over a ${kind} whose fields are of wrong types`, (t) => {
    for (const left of odd)
      for (const right of odd) {
        const of = (fields: JsonObject): JsonObject => ({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind,
          metadata: { name: 'x' },
          ...fields,
        })
        t.notThrows(() => compare(filesOf(of(left)), filesOf(of(right))))
      }
  })
