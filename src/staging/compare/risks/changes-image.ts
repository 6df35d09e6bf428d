import { findImages } from '../../../core/images/find.ts'
import type { Json } from '../../../core/json.ts'
import type { RiskRule } from '../risk-rule.ts'

const imagesOf = (object: Json | undefined): string[] =>
  object === undefined
    ? []
    : [...new Set(findImages(object).flatMap(({ tier, text }) => (tier === 'C' ? [] : [text])))]

/** The name with its tag, and the digest. */
const parted = (image: string): [string, string] => {
  const at = image.indexOf('@')
  return at < 0 ? [image, ''] : [image.slice(0, at), image.slice(at + 1)]
}

/** The same tag with another digest: a new build, or somebody who pushes over what was reviewed. */
const isMoved = (before: string, after: string): boolean => {
  const [[name, had], [other, has]] = [parted(before), parted(after)]
  return (
    name === other && name.includes(':', name.lastIndexOf('/')) && had !== '' && has !== '' && had !== has
  )
}

const withImage = (image: string): { [key: string]: Json } => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec: { containers: [{ name: 'web', image }] } } },
})

export const changesImage: RiskRule = {
  id: 'changes-image',
  title: 'Runs another image',
  level: 'notice',
  why: 'Other code runs, and the image must be in Harbor before the bundle is applied.',
  examples: [
    {
      title: 'a new tag',
      before: withImage('harbor.example/hub/library/web:1.0'),
      after: withImage('harbor.example/hub/library/web:1.1'),
      finds: ['harbor.example/hub/library/web:1.0 → harbor.example/hub/library/web:1.1'],
    },
    {
      title: 'another digest under the same tag',
      before: withImage(`harbor.example/hub/library/web:1.0@sha256:${'a'.repeat(64)}`),
      after: withImage(`harbor.example/hub/library/web:1.0@sha256:${'b'.repeat(64)}`),
      finds: [
        `the tag has moved: harbor.example/hub/library/web:1.0 was sha256:${'a'.repeat(64)}, and is sha256:${'b'.repeat(64)}`,
      ],
    },
    {
      title: 'a new workload, whose creation is told anyway',
      after: withImage('harbor.example/web:1'),
      finds: [],
    },
  ],
  check: ({ before, after }) => {
    if (before === undefined || after === undefined) return []
    const [had, has] = [imagesOf(before), imagesOf(after)]
    const [gone, come] = [
      had.filter((image) => !has.includes(image)),
      has.filter((image) => !had.includes(image)),
    ]
    const moved = gone.flatMap((before) => {
      const after = come.find((image) => isMoved(before, image))
      return after === undefined ? [] : [{ before, after }]
    })
    const others = (images: string[]): string =>
      images
        .filter((image) => !moved.some(({ before, after }) => image === before || image === after))
        .join(', ')
    const [left, right] = [others(gone), others(come)]
    return [
      ...(left + right === '' ? [] : [`${left || 'none'} → ${right || 'none'}`]),
      ...moved.map(({ before, after }) => {
        const [name, digest] = parted(before)
        return `the tag has moved: ${name} was ${digest}, and is ${parted(after)[1]}`
      }),
    ]
  },
}
