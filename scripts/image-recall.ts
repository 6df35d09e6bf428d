import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, measure } from './image-recall/measure.ts'
import { readLabels } from './image-recall/labels.ts'

/**
 * Holds what finders find and the rewriting changes against references that were labelled by hand (test/images/labels/*.yaml):
 *
 *     node scripts/image-recall.ts corpus FOLDER     FOLDER/RELEASE.yaml: what helm prints, by release
 *
 * Prints recall, precision, what was missed, and with --changes every changed string.
 */
const [name = 'corpus', folder = '../shared/corpus/rendered'] = process.argv
  .slice(2)
  .filter((one) => !one.startsWith('--'))
const labels = await readLabels(join(import.meta.dirname, `../test/images/labels/${name}.yaml`))
const there = labels.filter(({ release }) => existsSync(join(folder, `${release}.yaml`)))
const measured = await Promise.all(there.map((one) => measure(one, folder)))
if (process.argv.includes('--changes'))
  for (const { changes } of measured)
    for (const { place, rule, from, to } of changes) console.log(`${place}  ${rule}  ${from} → ${to}`)
console.log(describe(name, measured))
for (const { release } of labels.filter((one) => !there.includes(one)))
  console.log(`  not at hand: ${release}`)
