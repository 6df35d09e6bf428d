import type { Address } from '../../core/effects/cluster.ts'
import type { ObjectId } from '../../core/object.ts'

const core = (kind: string, plural: string): Address['kind'] => ({
  group: '',
  version: 'v1',
  kind,
  plural,
  namespaced: true,
})

/** Every API server serves Secrets and Events: a record asks for no discovery. */
export const secretAddress = ({ namespace, name }: ObjectId): Address => ({
  kind: core('Secret', 'secrets'),
  namespace,
  name,
})

export const eventAddress = ({ namespace, name }: Pick<ObjectId, 'namespace' | 'name'>): Address => ({
  kind: core('Event', 'events'),
  namespace,
  name,
})
