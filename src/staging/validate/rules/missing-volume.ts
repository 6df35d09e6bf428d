import { groupKindOf, idOf } from '../../../core/object.ts'
import type { KubeObject } from '../../../core/object.ts'
import { containersOf, itemsOf, mapAt, podSpecOf } from '../pod-spec.ts'
import type { Rule } from '../rule.ts'
import { placeOf } from '../words.ts'

const pod = (mounted: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    containers: [{ name: 'web', image: 'web:1', volumeMounts: [{ name: mounted, mountPath: '/data' }] }],
    volumes: [{ name: 'data', emptyDir: {} }],
  },
})

/** A StatefulSet's claims are volumes, too. */
const claimsOf = (object: KubeObject): string[] => {
  const spec = groupKindOf(idOf(object)) === 'StatefulSet.apps' ? mapAt(object, ['spec']) : undefined
  return spec
    ? itemsOf({ value: spec, at: [] }, 'volumeClaimTemplates').flatMap(({ value }) => {
        const name = mapAt(value, ['metadata'])?.['name']
        return typeof name === 'string' ? [name] : []
      })
    : []
}

export const missingVolume: Rule = {
  id: 'missing-volume',
  title: 'A container mounts a volume that its Pod does not have',
  why: 'The API server refuses the object.',
  fix: 'Add the volume, or mount one that is there.',
  examples: { good: [pod('data')], bad: [pod('cache')] },
  check(object) {
    const spec = podSpecOf(object)
    if (spec === undefined) return []
    const volumes = new Set([
      ...itemsOf(spec, 'volumes').map(({ value }) => value['name']),
      ...claimsOf(object),
    ])
    return containersOf(spec)
      .flatMap((container) => [...itemsOf(container, 'volumeMounts'), ...itemsOf(container, 'volumeDevices')])
      .flatMap(({ value: { name }, at }) =>
        typeof name !== 'string' || volumes.has(name)
          ? []
          : [
              {
                at: [...at, 'name'],
                what: `mounts the volume "${name}" in ${placeOf(at)}, and has no such volume.`,
              },
            ],
      )
  },
}
