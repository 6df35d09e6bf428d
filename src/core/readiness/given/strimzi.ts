import { ruleByTests } from '../by-tests.ts'

/**
 * `Ready` and `NotReady` are two conditions, of which one is there; NotReady is tried again every two minutes. Source: strimzi
 * operator-common StatusUtils.java (the generation is in the status), Annotations.java (what pauses it).
 */
export const strimzi = ruleByTests({
  kinds: [
    'Kafka.kafka.strimzi.io',
    'KafkaBridge.kafka.strimzi.io',
    'KafkaConnect.kafka.strimzi.io',
    'KafkaConnector.kafka.strimzi.io',
    'KafkaMirrorMaker2.kafka.strimzi.io',
    'KafkaTopic.kafka.strimzi.io',
    'KafkaUser.kafka.strimzi.io',
  ],
  ready: [{ condition: 'Ready', is: 'True' }],
  because: { condition: 'NotReady' },
  leftAlone: [
    { path: '/metadata/annotations/strimzi.io~1pause-reconciliation', equals: 'true' },
    { path: '/metadata/annotations/strimzi.io~1managed', equals: 'false' },
  ],
})

/**
 * A pool has no condition of its own: the operator writes its status at the end of a round of the Kafka that it belongs to. Source:
 * KafkaPool.java (generateNodePoolStatus), KafkaReconciler.java (updateNodePoolStatuses).
 */
export const strimziPools = ruleByTests({
  kinds: ['KafkaNodePool.kafka.strimzi.io'],
  ready: [{ path: '/status/replicas', atLeast: '/spec/replicas', usually: 0 }],
})
