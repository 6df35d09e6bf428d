import { isObject, printJson } from '../../../core/json.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { containersOf, podSpecOf } from '../pod-spec.ts'
import type { RiskRule } from '../risk-rule.ts'

const hostNamespaces = ['hostNetwork', 'hostPID', 'hostIPC']

const wordOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : printJson(value ?? null)

const ofContainer = (container: JsonObject): string[] => {
  const context = isObject(container['securityContext']) ? container['securityContext'] : {}
  const added = isObject(context['capabilities']) ? context['capabilities']['add'] : []
  return [
    ...(context['privileged'] === true ? ['is privileged'] : []),
    ...(Array.isArray(added) ? added.map((capability) => `adds capability ${wordOf(capability)}`) : []),
  ].map((what) => `container ${wordOf(container['name'])} ${what}`)
}

const ofVolume = (volume: JsonObject): string[] =>
  isObject(volume['hostPath']) ? [`mounts ${wordOf(volume['hostPath']['path'])} of the node`] : []

const accessOf = (object: JsonObject | undefined): string[] => {
  const spec = podSpecOf(object)
  if (spec === undefined) return []
  const volumes = Array.isArray(spec['volumes']) ? spec['volumes'].filter(isObject) : []
  return [
    ...hostNamespaces.filter((name) => spec[name] === true).map((name) => `its pods get ${name}`),
    ...containersOf(spec).flatMap(ofContainer),
    ...volumes.flatMap(ofVolume),
  ]
}

const deployment = (spec: JsonObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec: { containers: [{ name: 'web', image: 'web' }], ...spec } } },
})

export const grantsHostAccess: RiskRule = {
  id: 'grants-host-access',
  title: 'Gives pods access to the node',
  level: 'danger',
  why: 'Whoever breaks into such a pod has the node.',
  examples: [
    {
      title: 'a container that becomes privileged, and a mount of the node',
      before: deployment({}),
      after: deployment({
        containers: [{ name: 'web', image: 'web', securityContext: { privileged: true } }],
        volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }],
      }),
      finds: ['container web is privileged', 'mounts /var/log of the node'],
    },
    {
      title: 'a new workload in the network of its node',
      after: deployment({ hostNetwork: true }),
      finds: ['its pods get hostNetwork'],
    },
    {
      title: 'a workload that had it before',
      before: deployment({ hostPID: true }),
      after: deployment({ hostPID: true, restartPolicy: 'Always' }),
      finds: [],
    },
  ],
  check: ({ before, after }) => {
    const had = new Set(accessOf(before))
    return accessOf(after).filter((access) => !had.has(access))
  },
}
