import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import { isObject } from '../../src/core/json.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { groupKindOf, idOf, isCrd } from '../../src/core/object.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { all, bad, good, problem } from '../../src/core/problem.ts'
import type { Outcome, Problem } from '../../src/core/problem.ts'
import { problemOfRefusal } from '../../src/core/refusal.ts'
import { apiVersionOf, findKind, kindsOfCrd } from '../../src/core/target.ts'
import type { ServedKind } from '../../src/core/target.ts'

const patience = 60_000

/** Nothing is taken from whoever owns a field already. */
const applying = { fieldManager: 'compare-with-server', force: false }

/** A CRD as it can be served here: nothing runs that could convert its versions, and nothing has to be converted. */
const withoutConversion = (crd: KubeObject): KubeObject => {
  if (!isObject(crd['spec'])) return crd
  const spec: JsonObject = { ...crd['spec'] }
  delete spec['conversion']
  return { ...crd, spec }
}

/** Waits until the server serves every kind of these CRDs; a minute at most. */
const untilServed = async (crds: KubeObject[], cluster: Cluster): Promise<Outcome<ServedKind[]>> => {
  const wanted = crds.flatMap(kindsOfCrd)
  for (const end = Date.now() + patience; ; await sleep(200)) {
    const discovered = await cluster.discover()
    if (!discovered.ok) return bad([problemOfRefusal(discovered.refusal)])
    const missing = wanted.filter(
      (one) => findKind(discovered.value.kinds, apiVersionOf(one), one.kind) === undefined,
    )
    if (missing.length === 0) return good(discovered.value.kinds)
    if (Date.now() > end)
      return bad([
        problem({
          code: 'compare-with-server/not-served',
          fault: 'world',
          what: `${cluster.server} does not serve ${missing.map((one) => `${apiVersionOf(one)} ${one.kind}`).join(', ')} a minute after the CRDs were installed.`,
          fix: 'Look at the conditions of these CRDs on the server.',
        }),
      ])
  }
}

const applyOne = async (
  object: KubeObject,
  kinds: ServedKind[],
  cluster: Cluster,
): Promise<Outcome<void>> => {
  const kind = findKind(kinds, object.apiVersion, object.kind)
  if (kind === undefined)
    return bad([
      problem({
        code: 'compare-with-server/not-served',
        fault: 'world',
        what: `${cluster.server} does not serve ${object.apiVersion} ${object.kind}.`,
        fix: 'Compare with a server of the Kubernetes version that the site targets.',
      }),
    ])
  const { name, namespace = '' } = object.metadata
  const reply = await cluster.apply({ kind, namespace, name }, object, applying)
  return reply.ok ? good(undefined) : bad([problemOfRefusal(reply.refusal, idOf(object))])
}

/** Installs CRDs and waits until their kinds are served. Answers with all that the server serves then. */
export const installCrds = async (crds: KubeObject[], cluster: Cluster): Promise<Outcome<ServedKind[]>> => {
  const served = await cluster.discover()
  if (!served.ok) return bad([problemOfRefusal(served.refusal)])
  const { kinds } = served.value
  const installed = all(
    await Promise.all(crds.map((crd) => applyOne(withoutConversion(crd), kinds, cluster))),
  )
  return installed.ok ? untilServed(crds, cluster) : installed
}

/** Kinds by which the server would judge or answer later requests through programs that do not run here. */
const acting = [
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io',
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'APIService.apiregistration.k8s.io',
  'ResourceQuota',
  'LimitRange',
]

/**
 * Installs objects, for charts that look for them. One that the server refuses is a warning: if a chart does look for it, a difference will
 * show. Those that would act upon later requests stay away.
 */
export const installObjects = async (
  objects: KubeObject[],
  kinds: ServedKind[],
  cluster: Cluster,
): Promise<Outcome<void>> => {
  const passive = objects.filter(
    (object) => !isCrd(idOf(object)) && !acting.includes(groupKindOf(idOf(object))),
  )
  const installed = await Promise.all(passive.map((object) => applyOne(object, kinds, cluster)))
  const refusals = installed.flatMap((one) => (one.ok ? [] : one.problems))
  const down = refusals.filter(({ code }) => code === 'cluster/unreachable')
  const [first, ...others] = down
  if (first !== undefined) return bad([first, ...others])
  return good(
    undefined,
    refusals.map((one): Problem => ({ ...one, severity: 'warning' })),
  )
}
