import test from 'ava'
import { isObject } from '../../src/core/json.ts'
import type { Json } from '../../src/core/json.ts'
import { apiVersionOf, findKind } from '../../src/core/target.ts'
import type { DescribedTarget } from '../../src/core/target.ts'
import { loadTarget } from '../../src/system/schemas.ts'

const versions = ['1.31', '1.32', '1.33', '1.34', '1.35', '1.36']
const everywhere = '1.31–1.36'

const load = async (version: string): Promise<DescribedTarget> => {
  const outcome = await loadTarget(version)
  if (!outcome.ok) throw new Error(outcome.problems[0].what)
  return outcome.value
}

/** `1.34–1.36`: the first and the last version of which something holds, or '' of none; a gap between is named too. */
const span = async (holds: (target: DescribedTarget) => boolean): Promise<string> => {
  const held: string[] = []
  for (const version of versions) if (holds(await load(version))) held.push(version)
  const first = versions.indexOf(held[0] ?? '')
  const whole = held.every((version, index) => version === versions[first + index])
  return whole && held.length > 1 ? `${held[0]}–${held.at(-1)}` : held.join(', ')
}

const refsIn = (value: Json): string[] => {
  if (Array.isArray(value)) return value.flatMap(refsIn)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, held]) =>
    key === '$ref' && typeof held === 'string' ? [held] : refsIn(held),
  )
}

for (const version of ['1.36', '1.36.3', 'v1.36']) {
  test(`the tables of Kubernetes ${version} are those of 1.36`, async (t) => {
    t.is((await load(version)).kubernetes, '1.36')
  })
}

for (const version of versions) {
  test(`the tables of Kubernetes ${version} are of that version`, async (t) => {
    const { kubernetes, discovered } = await load(version)
    t.is(kubernetes, version)
    t.true(discovered.kubernetes.startsWith(`v${version}.`))
  })

  test(`in ${version} every kind that can be created has a definition, by which it is judged`, async (t) => {
    const { kinds, schemas } = await load(version)
    t.deepEqual(
      kinds.filter((kind) => {
        const name = schemas.kinds[`${apiVersionOf(kind)}/${kind.kind}`]
        return name === undefined || schemas.definitions[name] === undefined
      }),
      [],
    )
  })

  test(`in ${version} no definition points to one that is not there`, async (t) => {
    const { definitions, kinds } = (await load(version)).schemas
    const names = Object.values(definitions)
      .flatMap(refsIn)
      .map((ref) => ref.replace('#/definitions/', ''))
    t.true(names.length > 500)
    t.deepEqual(
      [...names, ...Object.values(kinds)].filter((name) => !Object.hasOwn(definitions, name)),
      [],
    )
  })

  test(`in ${version} the groups have just the versions of their resources, and no resource is there twice`, async (t) => {
    const { groups, resources } = (await load(version)).discovered
    t.deepEqual(
      groups.flatMap(({ group, versions }) => versions.map((one) => `${group}/${one}`)).toSorted(),
      Array.from(new Set(resources.map((one) => `${one.group}/${one.version}`))).toSorted(),
    )
    const urls = resources.map((one) => `${one.group}/${one.version}/${one.plural}`)
    t.deepEqual(urls, Array.from(new Set(urls)).toSorted())
  })
}

test('a kind comes with its name in URLs and its scope', async (t) => {
  const { kinds } = await load('1.36')
  t.deepEqual(findKind(kinds, 'apps/v1', 'Deployment'), {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    plural: 'deployments',
    namespaced: true,
  })
})

for (const [apiVersion, kind, serving] of [
  ['apps/v1', 'Deployment', everywhere],
  ['policy/v1beta1', 'PodDisruptionBudget', ''],
  ['flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', '1.31'],
  ['flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', everywhere],
  ['networking.k8s.io/v1', 'ServiceCIDR', '1.33–1.36'],
  ['storage.k8s.io/v1', 'VolumeAttributesClass', '1.34–1.36'],
  ['resource.k8s.io/v1', 'ResourceClaim', '1.34–1.36'],
  ['resource.k8s.io/v1beta1', 'ResourceClaim', ''],
  ['admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicy', '1.36'],
  ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', everywhere],
  ['apps/v1', 'DeleteOptions', ''],
] as const) {
  test(`${apiVersion} ${kind} is served by ${serving || 'no version'}`, async (t) => {
    t.is(await span(({ kinds }) => findKind(kinds, apiVersion, kind) !== undefined), serving)
    t.is(await span(({ schemas }) => Object.hasOwn(schemas.kinds, `${apiVersion}/${kind}`)), serving)
  })
}

for (const [definition, field, having] of [
  ['io.k8s.api.core.v1.PodSpec', 'containers', everywhere],
  ['io.k8s.api.core.v1.PodSpec', 'resources', '1.32–1.36'],
  ['io.k8s.api.core.v1.Lifecycle', 'stopSignal', '1.33–1.36'],
  ['io.k8s.api.core.v1.PodSpec', 'hostnameOverride', '1.34–1.36'],
  ['io.k8s.api.core.v1.EnvVarSource', 'fileKeyRef', '1.34–1.36'],
  ['io.k8s.api.core.v1.PodSpec', 'workloadRef', '1.35'],
  ['io.k8s.api.core.v1.PodSpec', 'schedulingGroup', '1.36'],
] as const) {
  test(`the field ${field} of ${definition} is known to ${having}`, async (t) => {
    const known = await span(({ schemas }) => {
      const properties = schemas.definitions[definition]?.['properties']
      return isObject(properties) && Object.hasOwn(properties, field)
    })
    t.is(known, having)
  })
}

test('a Pod can be resized by a subresource of its own from 1.33 on', async (t) => {
  const resizable = await span(({ discovered }) =>
    discovered.resources.some(
      ({ group, plural, subresources }) =>
        group === '' && plural === 'pods' && subresources.some(({ name }) => name === 'resize'),
    ),
  )
  t.is(resizable, '1.33–1.36')
})

for (const version of ['1.2', '1.30', '1.37', '1', '', 'latest', '../1.36', '1.36/../1.36', '1.36.3.4']) {
  test(`a version without tables is refused, with those that there are: "${version}"`, async (t) => {
    const outcome = await loadTarget(version)
    t.is(outcome.ok ? undefined : outcome.problems[0].code, 'validate/unknown-kubernetes-version')
    t.true(!outcome.ok && outcome.problems[0].fix.includes(versions.join(', ')))
  })
}
