import { ruleByTests } from '../by-tests.ts'
import type { KubeObject } from '../../object.ts'
import { changeNotSeen, mapAt, numberAt, textAt, waiting } from '../rule.ts'
import type { ReadinessRule } from '../rule.ts'

const byCondition = ruleByTests({
  kinds: ['ExternalSecret.external-secrets.io', 'PushSecret.external-secrets.io'],
  ready: [{ condition: 'Ready', is: 'True' }],
})

/** One that is synced once, or when somebody asks for it, never tells of a later change. */
const isSyncedAnew = (object: KubeObject): boolean => {
  const spec = mapAt(object, 'spec')
  const interval = textAt(spec, 'refreshInterval')
  const policy = textAt(spec, 'refreshPolicy')
  return policy === 'OnChange' || (policy !== 'CreatedOnce' && (interval === '' || /[1-9]/.test(interval)))
}

/**
 * The status names no generation but within `syncedResourceVersion`, `GENERATION-HASH`.
 * Source: external-secrets pkg/controllers/util/util.go (GetResourceVersion), externalsecret_controller.go (shouldRefresh).
 */
export const externalSecrets: ReadinessRule = {
  ...byCondition,
  judge: (object) => {
    const judged = byCondition.judge(object)
    const synced = /^\d{1,15}(?=-)/.exec(textAt(mapAt(object, 'status'), 'syncedResourceVersion'))
    const isOld = synced !== null && Number(synced[0]) < numberAt(object.metadata, 'generation', 0)
    return judged.state === 'ready' && isOld && isSyncedAnew(object) ? waiting(changeNotSeen) : judged
  },
}

/** The store was asked, and answered. */
export const secretStores = ruleByTests({
  kinds: ['SecretStore.external-secrets.io', 'ClusterSecretStore.external-secrets.io'],
  ready: [{ condition: 'Ready', is: 'True' }],
})
