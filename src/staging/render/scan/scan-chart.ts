import type { ReadFiles } from '../../../core/effects/files.ts'
import type { Dice, Question } from '../../../core/explained.ts'
import { scanText } from './scan-text.ts'

/** What can be seen of a chart without rendering it. Files are named by their path in the chart. */
export interface ChartScan {
  questions: Question[]
  dice: Dice[]
  /** Whether it can bring CustomResourceDefinitions, which other charts may ask for. */
  brings: boolean
  /** Files below `crds/`, which helm brings as they are; undefined where others can come out of templates. */
  crds?: string[]
  /** Something in it could not be read: everything has to be taken for there. */
  opaque: boolean
}

type Part = 'template' | 'notes' | 'values' | 'archive' | 'crd' | 'file' | 'unread'

/** A chart that holds a chart that holds a chart: deeper than that is no chart. */
const deepest = 8

/**
 * What helm takes a file for, by its path in the chart: the same in the charts below charts/. Notes are printed for people and
 * are no part of what is rendered (but a question in them can make the render fail), and nobody runs documentation.
 */
const partOf = (path: string): Part => {
  const own = path.replace(/^(?:charts\/[^/]+\/)+/, '')
  if (/^charts\/[^/]+\.(?:tgz|tar\.gz)$/.test(own)) return 'archive'
  if (own.startsWith('crds/')) return 'crd'
  if (own === 'values.yaml') return 'values'
  if (own.startsWith('templates/')) return own.endsWith('NOTES.txt') ? 'notes' : 'template'
  // A chart may run any other file as a template (`tpl (.Files.Get …)`).
  return /^(?:README\.md(?:\.gotmpl)?|CHANGELOG\.md|LICENSE|NOTICE|Chart\.(?:yaml|lock)|values\.schema\.json)$/i.test(
    own,
  )
    ? 'unread'
    : 'file'
}

const byPlace = (a: { file: string; line: number }, b: { file: string; line: number }): number =>
  a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line

/**
 * Reads all of a chart that helm reads, charts below charts/ and their archives too, and finds what its templates can ask and
 * which dice they can roll. Whatever is seen may never be reached when it is rendered; what is not seen is not there.
 */
export const scanChart = async (directory: string, files: ReadFiles): Promise<ChartScan> => {
  const scan: ChartScan = { questions: [], dice: [], brings: false, opaque: false }
  const held: { file: string; text: string }[] = []
  let runsTexts = false
  let readsFiles = false
  let templatesBring = false
  let filesBring = false
  const crds: string[] = []

  const take = (file: string, text: string, part: Part): void => {
    const viaTpl = part === 'values' || part === 'file'
    const { questions, dice, ...more } = scanText(text, file, viaTpl)
    scan.questions.push(...questions)
    if (part !== 'notes') scan.dice.push(...dice)
    runsTexts ||= more.runsTexts
    readsFiles ||= more.readsFiles
  }

  const read = async (shown: string, path: string, bytes: Uint8Array, depth: number): Promise<void> => {
    const part = partOf(path)
    if (part === 'archive') {
      // Few charts have one, and what unpacks it is slow to load.
      const { filesInArchive } = await import('./archive.ts')
      const members = depth < deepest ? filesInArchive(bytes) : undefined
      if (members === undefined) scan.opaque = true
      for (const [member, content] of members ?? [])
        await read(`${shown}/${member}`, member.replace(/^(?:\.\/)?[^/]*\//, ''), content, depth + 1)
      return
    }
    if (part === 'unread') return
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const brings = part === 'crd' || buffer.includes('CustomResourceDefinition')
    scan.brings ||= brings
    if (part === 'crd' && depth === 0) crds.push(shown)
    else if (part === 'file') filesBring ||= brings
    else templatesBring ||= brings
    if (part === 'crd' || !buffer.includes('{{')) return
    if (part === 'file') held.push({ file: shown, text: buffer.toString() })
    else take(shown, buffer.toString(), part)
  }

  for (const path of await files.list(directory)) {
    const inChart = path.slice(directory.length + 1)
    const bytes = partOf(inChart) === 'unread' ? undefined : await files.read(path)
    if (bytes !== undefined) await read(inChart, inChart, bytes, 0)
  }
  if (runsTexts && readsFiles) for (const { file, text } of held) take(file, text, 'file')
  if (scan.brings && !templatesBring && !(filesBring && readsFiles) && !scan.opaque) scan.crds = crds
  scan.questions.sort(byPlace)
  scan.dice.sort(byPlace)
  return scan
}
