import type { ReadFiles } from '../../core/effects/files.ts'
import type { Question } from '../../core/explained.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { scanChart } from './scan/scan-chart.ts'
import type { ChartScan } from './scan/scan-chart.ts'
import { scanText } from './scan/scan-text.ts'
import { helmValuesOf } from './values.ts'

const nothing: ChartScan = { questions: [], dice: [], brings: false, opaque: false }

/** What a release's chart can ask and which dice it can roll, also in values of the release that a template may run. */
export const scanRelease = async (release: ResolvedRelease, files: ReadFiles): Promise<ChartScan> => {
  const { resolved } = release
  // Plain manifests bring what they bring; they are read anew at each run.
  if (resolved.kind === 'manifests') return { ...nothing, brings: true }
  const chart = await scanChart(resolved.directory, files)
  const values = await helmValuesOf(release, '', files)
  const further = await Promise.all(
    values.map(async (layer) => {
      const file = layer.from === 'file' ? layer.file : release.file
      return scanText(layer.from === 'file' ? ((await files.readText(file)) ?? '') : layer.text, file, true)
    }),
  )
  const questions: Question[] = further.flatMap((one) => one.questions)
  return {
    ...chart,
    questions: [...chart.questions, ...questions],
    dice: [...chart.dice, ...further.flatMap((one) => one.dice)],
  }
}

/** Whether the chart's output can depend on what the cluster serves or holds. */
export const asks = ({ questions, opaque }: ChartScan): boolean =>
  opaque || questions.some(({ about }) => about !== 'kube-version')

/** Whether two renders can differ. */
export const throwsDice = ({ dice, opaque }: ChartScan): boolean => opaque || dice.length > 0
