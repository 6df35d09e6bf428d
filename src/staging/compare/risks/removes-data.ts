import { groupKindOf } from '../../../core/object.ts'
import type { RiskRule } from '../risk-rule.ts'

/** What goes with an object of the kind when it is deleted. */
const lostWith: { [groupKind: string]: string } = {
  PersistentVolumeClaim: 'its volume, if the reclaim policy is Delete',
  PersistentVolume: 'the only way to the data that it stands for',
  'StatefulSet.apps': 'its pods; its claims stay unless its retention policy says Delete',
  Namespace: 'everything in it',
  'CustomResourceDefinition.apiextensions.k8s.io': 'every custom resource of its kind',
}

export const removesData: RiskRule = {
  id: 'removes-data',
  title: 'Removes an object that holds data',
  level: 'danger',
  why: 'Deleting it cannot be undone by applying it again.',
  examples: [
    {
      title: 'a claim that is no longer rendered',
      before: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'db', namespace: 'shop' },
      },
      finds: ['would take with it its volume, if the reclaim policy is Delete'],
    },
    {
      title: 'a ConfigMap that is no longer rendered',
      before: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop' } },
      finds: [],
    },
  ],
  check: ({ id, after }) => {
    const groupKind = groupKindOf(id)
    const lost = Object.hasOwn(lostWith, groupKind) ? lostWith[groupKind] : undefined
    return after === undefined && lost !== undefined ? [`would take with it ${lost}`] : []
  },
}
