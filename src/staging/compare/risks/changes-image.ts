import { findImages } from '../../../core/images/find.ts'
import type { Json } from '../../../core/json.ts'
import type { RiskRule } from '../risk-rule.ts'

const imagesOf = (object: Json | undefined): string[] =>
  object === undefined ? [] : [...new Set(findImages(object).map(({ text }) => text))]

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
    return gone.length + come.length === 0
      ? []
      : [`${gone.join(', ') || 'none'} → ${come.join(', ') || 'none'}`]
  },
}
