import type { ReadFiles } from '../../core/effects/files.ts'

/** What helm runs through its template engine, and archives of dependencies, which may hold anything. */
const isTemplate = (path: string): boolean => /(^|\/)templates\//.test(path)

/**
 * Whether the output of a chart can depend on the API versions that it is told: whether the word stands anywhere in its templates,
 * its values (which `tpl` may run) or those of its dependencies. True where that cannot be seen.
 */
export const asksApiVersions = async (directory: string, files: ReadFiles): Promise<boolean> => {
  for (const path of await files.list(directory)) {
    if (/\.(tgz|tar\.gz)$/.test(path)) return true
    if (!isTemplate(path) && !path.endsWith('/values.yaml')) continue
    const bytes = await files.read(path)
    if (bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('APIVersions'))
      return true
  }
  return false
}
