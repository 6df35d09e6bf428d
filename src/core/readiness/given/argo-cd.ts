import { atPointer } from '../../pointer.ts'
import type { KubeObject } from '../../object.ts'
import { ruleByTests } from '../by-tests.ts'
import { changeNotSeen, mapAt, waiting } from '../rule.ts'
import type { ReadinessRule } from '../rule.ts'

const synced = ruleByTests({
  kinds: ['Application.argoproj.io'],
  ready: [
    { path: '/status/sync/status', equals: 'Synced' },
    { path: '/status/health/status', equals: 'Healthy' },
  ],
  because: '/status/operationState/message',
})

/** Its status names no generation, but the source that was compared. */
const isOfAnotherSource = (object: KubeObject): boolean =>
  ['repoURL', 'path', 'chart', 'targetRevision'].some((field) => {
    const wanted = atPointer(object, `/spec/source/${field}`)
    const compared = atPointer(object, `/status/sync/comparedTo/source/${field}`)
    return wanted !== undefined && compared !== undefined && wanted !== compared
  })

/** Whether Argo CD syncs it by itself; else it waits for a person, and so would we. */
const isSyncedByItself = (object: KubeObject): boolean => {
  const policy = mapAt(object, 'spec', 'syncPolicy')
  return Object.hasOwn(policy, 'automated') && mapAt(policy, 'automated')['enabled'] !== false
}

/** Source: argo-cd pkg/apis/application/v1alpha1/types.go (SyncStatus, HealthStatus, SyncPolicyAutomated). */
export const argoCd: ReadinessRule = {
  ...synced,
  leftAloneWhen: '`/spec/syncPolicy/automated` is not set, or not enabled: somebody has to sync it',
  isLeftAlone: (object) => !isSyncedByItself(object),
  judge: (object) => (isOfAnotherSource(object) ? waiting(changeNotSeen) : synced.judge(object)),
}
