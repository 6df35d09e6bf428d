import type { ReadFiles } from '../../core/effects/files.ts'
import { isObject } from '../../core/json.ts'
import { keysOfPointer } from '../../core/pointer.ts'
import type { Problem, Where } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { readDeclared } from '../../core/yaml/declared.ts'
import type { DeclaredFile } from '../../core/yaml/declared.ts'
import { splitDocuments } from '../../core/yaml/documents.ts'
import type { RenderSystem } from './read-release.ts'

type InObject = Where & { in: 'object' }

/** More places than that nobody reads. */
const mostPlaces = 100

/** A document of what a release renders to, as text. `line` is that of the file where it begins there, for one of helm's always 1: its order is left to chance. */
interface Printed {
  template: string
  text: string
  line: number
}

const sourceLine = /^# Source: ([^\n]+)\n/m

/** The documents that helm printed; those of a template after its first one may be without a line that names it. */
const printedByHelm = (output: string): Printed[] => {
  const documents = splitDocuments(output)
  if (!Array.isArray(documents)) return []
  let template = ''
  return documents.map(({ text }) => {
    const found = sourceLine.exec(text)
    template = found?.[1]?.trim() ?? template
    return { template, text: found ? text.slice(found.index + found[0].length) : text, line: 1 }
  })
}

const printedInFile = (file: string, content: string): Printed[] => {
  const documents = splitDocuments(content)
  return Array.isArray(documents) ? documents.map((one) => ({ template: file, ...one })) : []
}

/** Whether a document is the object, which may have got its namespace from its release. */
const isOf = ({ value }: DeclaredFile, { object }: InObject): boolean => {
  const { metadata } = value
  if (value['kind'] !== object.kind || !isObject(metadata) || metadata['name'] !== object.name) return false
  const namespace = metadata['namespace']
  return typeof namespace !== 'string' || namespace === '' || namespace === object.namespace
}

/** The place with the line of its field, and that line, unless it is one of a Secret; without any line where it cannot be found. */
const pointed = (where: InObject, printed: Printed[]): InObject => {
  const { line: _, ...place } = where
  for (const { template, text, line: first } of printed) {
    if (template !== where.template || !text.includes(where.object.name)) continue
    const { declared } = readDeclared(template, Buffer.from(text))
    if (declared === undefined || !isOf(declared, where)) continue
    const at = declared.at(keysOfPointer(where.pointer ?? ''), 'key')
    const line = first - 1 + (at.line ?? 1)
    const shows = at.excerpt !== undefined && !/Secret/.test(where.object.kind)
    return { ...place, line, ...(shows ? { excerpt: { ...at.excerpt!, line } } : {}) }
  }
  return place
}

/** The same system with a helm that keeps what it printed for each release, by its name. */
export const withOutputs = <S extends Pick<RenderSystem, 'helm'>>(
  system: S,
): { system: S; outputs: ReadonlyMap<string, string> } => {
  const outputs = new Map<string, string>()
  const { helm } = system
  const template: typeof helm.template = async (request) => {
    const answered = await helm.template(request)
    if (answered.answer === 'rendered') outputs.set(request.release, answered.text)
    return answered
  }
  return { system: { ...system, helm: { version: helm.version, template } }, outputs }
}

/** The releases of a set whose output would have to be known to point into it, and is not: they were recalled. */
export const unprinted = (
  problems: Problem[],
  releases: ResolvedRelease[],
  outputs: ReadonlyMap<string, string>,
): Set<string> => {
  const charts = new Set(releases.flatMap(({ name, resolved }) => (resolved.kind === 'chart' ? [name] : [])))
  const named = problems.flatMap(({ where }) =>
    where.flatMap((one) => (one.in === 'object' && one.release !== undefined ? [one.release] : [])),
  )
  return new Set(named.filter((name) => charts.has(name) && !outputs.has(name)))
}

/**
 * Problems of objects with the lines of the fields that they are about, counted in the object's document as it is rendered, or in its file. `outputs`: what helm
 * printed for each release, by its name. Where that is not known, the line is left out.
 */
export const pointInto = async (
  problems: Problem[],
  releases: ResolvedRelease[],
  outputs: ReadonlyMap<string, string>,
  files: ReadFiles,
): Promise<Problem[]> => {
  const byName = new Map(releases.map((release) => [release.name, release]))
  const known = new Map<string, Printed[]>()
  const printedFor = async ({ release, template }: InObject): Promise<Printed[]> => {
    const isPlain = release !== undefined && byName.get(release)?.resolved.kind === 'manifests'
    const key = isPlain ? (template ?? '') : (release ?? '')
    const before = known.get(key)
    if (before !== undefined) return before
    const printed =
      isPlain && template !== undefined
        ? printedInFile(template, (await files.readText(template)) ?? '')
        : printedByHelm(outputs.get(release ?? '') ?? '')
    known.set(key, printed)
    return printed
  }
  let left = mostPlaces
  const placed = async (where: Where): Promise<Where> => {
    if (where.in !== 'object' || where.line === undefined) return where
    left -= 1
    return pointed(where, left < 0 ? [] : await printedFor(where))
  }
  const done: Problem[] = []
  for (const one of problems) {
    const where: Where[] = []
    for (const place of one.where) where.push(await placed(place))
    done.push({ ...one, where })
  }
  return done
}
