import { isObject } from '../../../core/json.ts'
import type { KubeObject } from '../../../core/object.ts'
import { labelValue, qualifiedName } from '../names.ts'
import { mapAt, podTemplateOf } from '../pod-spec.ts'
import type { Found } from '../pod-spec.ts'
import type { Rule } from '../rule.ts'
import { placeOf } from '../words.ts'

const labelled = (labels: { [key: string]: string }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', labels },
})

const labelsAndAnnotations = ({ value, at }: Found): ReturnType<Rule['check']> =>
  (['labels', 'annotations'] as const).flatMap((field) =>
    Object.entries(isObject(value[field]) ? value[field] : {}).flatMap(([key, text]) => {
      const path = [...at, field, key]
      // The server compares annotation keys in lower case, so that old ones with capitals in their domain pass.
      if (!qualifiedName.test(field === 'labels' ? key : key.toLowerCase()))
        return [
          {
            at: path,
            what: `has a key that is none in ${placeOf(path)}: it must be ${qualifiedName.words}.`,
          },
        ]
      return field === 'labels' && typeof text === 'string' && !labelValue.test(text)
        ? [
            {
              at: path,
              what: `has a label value that is none in ${placeOf(path)}: it must be ${labelValue.words}.`,
            },
          ]
        : []
    }),
  )

export const badLabel: Rule = {
  id: 'bad-label',
  title: 'A label or annotation has a key or value that it cannot have',
  why: 'The API server refuses the object.',
  fix: 'Shorten it, or replace the characters; a version in a label needs `+` replaced by `_`.',
  examples: {
    good: [labelled({ 'app.kubernetes.io/version': '1.0_beta', empty: '' })],
    bad: [
      labelled({ version: '1.0+beta' }),
      labelled({ 'a/b/c': 'x' }),
      labelled({ chart: 'a-chart-with-a-name-and-a-version-of-more-than-sixty-three-characters' }),
    ],
  },
  check(object) {
    const pod = podTemplateOf(object)
    const metadata = pod && pod.at.length > 0 ? mapAt(pod.value, ['metadata']) : undefined
    return [
      ...labelsAndAnnotations({ value: object.metadata, at: ['metadata'] }),
      ...(pod && metadata ? labelsAndAnnotations({ value: metadata, at: [...pod.at, 'metadata'] }) : []),
    ]
  },
}
