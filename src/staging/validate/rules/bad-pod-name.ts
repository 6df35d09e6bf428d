import type { KubeObject } from '../../../core/object.ts'
import { dnsLabel, portName } from '../names.ts'
import type { NameForm } from '../names.ts'
import { containersOf, itemsOf, podSpecOf } from '../pod-spec.ts'
import type { Found } from '../pod-spec.ts'
import type { Rule } from '../rule.ts'
import { placeOf } from '../words.ts'

const pod = (container: object, volume?: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: {
      containers: [{ image: 'web:1', ...container }],
      volumes: volume === undefined ? [] : [{ name: volume, emptyDir: {} }],
    },
  }) as KubeObject

export const badPodName: Rule = {
  id: 'bad-pod-name',
  title: 'A volume, container or port bears a name that it cannot have',
  why: 'The API server refuses the object.',
  fix: 'Change the name, everywhere where it is used.',
  examples: {
    good: [pod({ name: 'web', ports: [{ name: 'http-web', containerPort: 80 }] }, 'web-conf')],
    bad: [
      pod({ name: 'web' }, 'web.conf'),
      pod({ name: 'Web' }),
      pod({ name: 'web', ports: [{ name: 'a-name-that-is-too-long', containerPort: 80 }] }),
    ],
  },
  check(object) {
    const spec = podSpecOf(object)
    if (spec === undefined) return []
    const judged = (found: Found[], form: NameForm): ReturnType<Rule['check']> =>
      found.flatMap(({ value: { name }, at }) =>
        typeof name !== 'string' || form.test(name)
          ? []
          : [
              {
                at: [...at, 'name'],
                what: `cannot use the name "${name}" in ${placeOf([...at, 'name'])}: it must be ${form.words}.`,
              },
            ],
      )
    const containers = containersOf(spec)
    return [
      ...judged(itemsOf(spec, 'volumes'), dnsLabel),
      ...judged(containers, dnsLabel),
      ...judged(
        containers
          .flatMap((container) => itemsOf(container, 'ports'))
          .filter(({ value }) => value['name'] !== ''),
        portName,
      ),
    ]
  },
}
