import type { JsonObject } from '../../../core/json.ts'
import type { KubeObject } from '../../../core/object.ts'
import { containersOf, podSpecOf } from '../pod-spec.ts'
import type { Rule } from '../rule.ts'
import { placeOf } from '../words.ts'

const pod = (container: JsonObject): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'web', ...container }] },
})

export const missingImage: Rule = {
  id: 'missing-image',
  title: 'A container has no image',
  why: 'The API server refuses the object.',
  fix: 'Set the image, usually in the values.',
  examples: { good: [pod({ image: 'web:1' })], bad: [pod({}), pod({ image: '' })] },
  check(object) {
    const spec = podSpecOf(object)
    return (spec ? containersOf(spec) : []).flatMap(({ value: { image }, at }) =>
      image === undefined || image === null || image === ''
        ? [{ at: [...at, 'image'], what: `has no image in ${placeOf(at)}.` }]
        : [],
    )
  },
}
