import { isObject } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import type { KubeObject } from './object.ts'
import { mapAt, textAt } from './readiness/rule.ts'

/** Whether a claim, by its name, can be mounted on one node only; false where nothing is known of it. */
export type IsSingle = (claim: string) => boolean

const mapsIn = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** The Pod's spec that an object holds or makes; {} where it makes none. */
const podSpecOf = (object: KubeObject): JsonObject => {
  if (object.kind === 'Pod') return mapAt(object, 'spec')
  if (object.kind === 'CronJob') return mapAt(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec')
  return mapAt(object, 'spec', 'template', 'spec')
}

const isPort = (value: Json | undefined): value is number => typeof value === 'number' && value > 0
const protocolOf = (port: JsonObject): string => textAt(port, 'protocol') || 'TCP'

const portsOfService = (object: KubeObject): string[] => {
  const spec = mapAt(object, 'spec')
  const address = textAt(spec, 'clusterIP')
  const health = spec['healthCheckNodePort']
  return [
    ...mapsIn(spec['ports']).flatMap((port) => {
      const nodePort = port['nodePort']
      return isPort(nodePort) ? [`node port ${nodePort}/${protocolOf(port)}`] : []
    }),
    ...(isPort(health) ? [`node port ${health}/TCP`] : []),
    ...(address === '' || address === 'None' ? [] : [`cluster address ${address}`]),
  ]
}

const portsOfPods = (spec: JsonObject): string[] =>
  [...mapsIn(spec['containers']), ...mapsIn(spec['initContainers'])].flatMap((container) =>
    mapsIn(container['ports']).flatMap((port) => {
      const inHost = spec['hostNetwork'] === true ? port['containerPort'] : undefined
      const hostPort = port['hostPort'] ?? inHost
      return isPort(hostPort) ? [`host port ${hostPort}/${protocolOf(port)}`] : []
    }),
  )

const claimsOfPods = (spec: JsonObject, namespace: string, isSingle: IsSingle): string[] =>
  mapsIn(spec['volumes']).flatMap((volume) => {
    const claim = textAt(mapAt(volume, 'persistentVolumeClaim'), 'claimName')
    return claim !== '' && isSingle(claim) ? [`volume claim ${namespace}/${claim}`] : []
  })

/**
 * What an object holds that another one cannot have at the same time: node ports and fixed cluster addresses of Services; host ports, and volumes
 * that mount on one node only, of Pods and of what makes them. In words, the same for the same thing.
 */
export const heldBy = (object: KubeObject, isSingle: IsSingle): string[] => {
  if (object.kind === 'Service' && object.apiVersion === 'v1') return portsOfService(object)
  const spec = podSpecOf(object)
  return Array.from(
    new Set([...portsOfPods(spec), ...claimsOfPods(spec, object.metadata.namespace ?? '', isSingle)]),
  )
}
