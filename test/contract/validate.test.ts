import test from 'ava'
import { printJson } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { groupVersionOf } from '../../src/core/object.ts'
import { findKind, kindsOfCrd } from '../../src/core/target.ts'
import { rules } from '../../src/staging/validate/rules/rules.ts'
import { loadTarget } from '../../src/system/schemas.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import { cases, crd } from '../staging/validate/cases.ts'

/** The table of validation, judged by a real API server: what scout-apply sends, as a strict dry run. */
const controlPlane = await sharedControlPlane()
const namespace = await freshNamespace(controlPlane, 'validate')
const loaded = await loadTarget('1.36')
if (!loaded.ok) throw new Error(loaded.problems[0].what)
const kinds = [...loaded.value.kinds, ...kindsOfCrd(crd)]

const apply = async (object: KubeObject, parameters: string): Promise<{ status: number; text: string }> => {
  const { group, version } = groupVersionOf(object.apiVersion)
  const served = findKind(kinds, object.apiVersion, object.kind)
  const scoped = served?.namespaced ?? true
  const path = [
    group === '' ? '/api' : `/apis/${group}`,
    version,
    ...(scoped ? ['namespaces', namespace] : []),
    served?.plural ?? `${object.kind.toLowerCase()}s`,
    encodeURIComponent(object.metadata.name),
  ].join('/')
  const metadata = scoped ? { ...object.metadata, namespace } : object.metadata
  return controlPlane.request(
    'PATCH',
    `${path}?fieldManager=validate-test&force=true&fieldValidation=Strict&${parameters}`,
    {
      body: printJson({ ...object, metadata }),
      type: 'application/apply-patch+yaml',
    },
  )
}

test.before(async (t) => {
  const made = await apply(crd, '')
  t.true(made.status < 300, made.text)
  const good = cases.find(({ title }) => title === 'a custom resource with everything')?.object as KubeObject
  const end = Date.now() + 30_000
  while ((await apply(good, 'dryRun=All')).status >= 300 && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 50))
})

test.after.always(async () => {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`
  await controlPlane.request('DELETE', path)
})

for (const { title, object, refused } of cases) {
  test(`the API server ${refused === undefined ? 'takes' : 'refuses'}: ${title}`, async (t) => {
    const { status, text } = await apply(object, 'dryRun=All')
    t.is(status >= 300, refused !== undefined, text)
  })
}

for (const rule of rules) {
  test(`the API server judges the examples of ${rule.id} in the same way`, async (t) => {
    for (const object of rule.examples.good) {
      const { status, text } = await apply(object, 'dryRun=All')
      t.true(status < 300, text)
    }
    // A CRD without a schema makes this API server panic; it then hangs up.
    for (const object of rule.examples.bad) {
      const { status } = await apply(object, 'dryRun=All').catch(() => ({ status: 500 }))
      t.true(status >= 300, printJson(object))
    }
  })
}
