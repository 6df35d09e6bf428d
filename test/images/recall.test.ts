import test from 'ava'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readLabels } from '../../scripts/image-recall/labels.ts'
import { describe, measure } from '../../scripts/image-recall/measure.ts'
import { root } from '../line/site.ts'

/**
 * References that were labelled by hand, held against what is found and changed. The manifests are not part of the project: those of the
 * platform are looked for beside it, those of public charts (by release, as helm prints them) where IMAGE_CHARTS says.
 */
const sets = [
  {
    name: 'corpus',
    folder: process.env['IMAGE_CORPUS'] ?? join(root, '../shared/corpus/rendered'),
    missed: 0,
  },
  { name: 'charts', folder: process.env['IMAGE_CHARTS'] ?? '', missed: 2 },
]

const known = await Promise.all(
  sets.map(async (set) => ({
    ...set,
    labels: await readLabels(join(root, `test/images/labels/${set.name}.yaml`)),
  })),
)

for (const { name, folder, missed, labels } of known) {
  const there = labels.filter(({ release }) => existsSync(join(folder, `${release}.yaml`)))

  test(`the labels of ${name} are there, ${labels.length} releases, each once`, (t) => {
    t.true(labels.length >= 20)
    t.is(new Set(labels.map(({ release }) => release)).size, labels.length)
  })

  if (there.length === 0) {
    test.skip(`of ${name} all images of pods are found (its manifests are not at hand)`, () => {})
    continue
  }

  test(`of ${name} all images of pods are found, nearly all other references, and no string is changed that is no image`, async (t) => {
    const measured = await Promise.all(there.map((one) => measure(one, folder)))
    for (const { changes } of measured)
      for (const { place, rule, from, to } of changes) t.log(`${place}  ${rule}  ${from} → ${to}`)
    t.log(describe(name, measured))
    for (const { release, pods, wrong, missed: own } of measured) {
      t.is(pods.found, pods.of, release)
      t.deepEqual(wrong, [], release)
      t.true(own.length <= missed, own.join('\n'))
    }
    t.true(measured.reduce((sum, one) => sum + one.missed.length, 0) <= missed)
    if (there.length < labels.length)
      t.log(
        `not at hand: ${labels
          .filter((one) => !there.includes(one))
          .map(({ release }) => release)
          .join(', ')}`,
      )
  })
}
