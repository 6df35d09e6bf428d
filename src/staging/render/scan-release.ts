import type { ReadFiles } from '../../core/effects/files.ts'
import type { Memory } from '../../core/effects/memory.ts'
import type { Question } from '../../core/explained.ts'
import type { Json } from '../../core/json.ts'
import type { Resolved, ResolvedRelease } from '../../core/records.ts'
import { scanChart } from './scan/scan-chart.ts'
import type { ChartScan } from './scan/scan-chart.ts'
import { scanText } from './scan/scan-text.ts'
import { helmValuesOf } from './values.ts'

/** Whether a chart can roll any dice, and whether the clock is among them. */
export interface Dices {
  any: boolean
  clock: boolean
}

export interface ScanSystem {
  files: ReadFiles
  memory: Memory
}

const nothing: ChartScan = { questions: [], dice: [], brings: false, opaque: false }

/** A chart asks the same wherever it is used, as long as its files are the same. */
const chartScan = async (
  { directory, digest }: Resolved & { kind: 'chart' },
  { files, memory }: ScanSystem,
): Promise<ChartScan> => {
  const key = `scan ${digest}`
  const known = (await memory.recall(key)) as ChartScan | undefined
  if (known !== undefined) return known
  const scan = await scanChart(directory, files)
  await memory.keep(key, scan as unknown as Json)
  return scan
}

/** What a release's chart can ask and which dice it can roll, also in values of the release that a template may run. */
export const scanRelease = async (release: ResolvedRelease, system: ScanSystem): Promise<ChartScan> => {
  const { resolved } = release
  const { files } = system
  // Plain manifests bring what they bring; they are read anew at each run.
  if (resolved.kind === 'manifests') return { ...nothing, brings: true }
  const chart = await chartScan(resolved, system)
  const values = await helmValuesOf(release, '', files)
  let templatesBring = chart.crds === undefined
  const further = await Promise.all(
    values.map(async (layer) => {
      const file = layer.from === 'file' ? layer.file : release.file
      const text = layer.from === 'file' ? ((await files.readText(file)) ?? '') : layer.text
      // Charts print objects that stand in their values.
      templatesBring ||= text.includes('CustomResourceDefinition')
      return scanText(text, file, true)
    }),
  )
  const questions: Question[] = further.flatMap((one) => one.questions)
  const { crds, ...seen } = chart
  return {
    ...seen,
    ...(crds !== undefined && !templatesBring && { crds }),
    questions: [...chart.questions, ...questions],
    dice: [...chart.dice, ...further.flatMap((one) => one.dice)],
  }
}

/** Whether the chart's output can depend on what the cluster serves or holds. */
export const asks = ({ questions, opaque }: ChartScan): boolean =>
  opaque || questions.some(({ about }) => about !== 'kube-version')

/** Why two renders can differ. */
export const diceOf = ({ dice, opaque }: ChartScan): Dices => ({
  any: opaque || dice.length > 0,
  clock: opaque || dice.some(({ by }) => by === 'clock'),
})
