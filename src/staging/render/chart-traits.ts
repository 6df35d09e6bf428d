import type { ReadFiles } from '../../core/effects/files.ts'

/** What helm runs through its template engine or reads as it is, and archives of dependencies, which may hold anything. */
const isSource = (path: string): boolean =>
  /(^|\/)(templates|crds)\//.test(path) || path.endsWith('/values.yaml')
const isArchive = (path: string): boolean => /\.(tgz|tar\.gz)$/.test(path)

/** Words by which a template asks for what the cluster serves, or for what is in it. */
const questions = ['APIVersions', 'lookup']

/** What can be seen of a chart without rendering it. */
export interface ChartTraits {
  /** Whether its output can depend on the cluster. */
  asks: boolean
  /** Whether it can bring CustomResourceDefinitions, which other charts may ask for. */
  brings: boolean
}

/**
 * Looks for words anywhere in a chart's templates, its values (which `tpl` may run) and those of its dependencies. What cannot be
 * seen is taken for there.
 */
export const traitsOf = async (directory: string, files: ReadFiles): Promise<ChartTraits> => {
  const traits: ChartTraits = { asks: false, brings: false }
  for (const path of await files.list(directory)) {
    if (isArchive(path)) return { asks: true, brings: true }
    if (!isSource(path)) continue
    const bytes = await files.read(path)
    const text = bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    if (text === undefined) continue
    traits.asks ||= questions.some((word) => text.includes(word))
    traits.brings ||= text.includes('CustomResourceDefinition')
  }
  return traits
}
