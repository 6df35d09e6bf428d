import type { ReadFiles } from '../../core/effects/files.ts'

/** What helm runs through its template engine, and archives of dependencies, which may hold anything. */
const isTemplate = (path: string): boolean => /(^|\/)templates\//.test(path)

/** Words by which a template asks for what the cluster serves, or for what is in it. */
const questions = ['APIVersions', 'lookup']

/**
 * Whether the output of a chart can depend on the cluster: whether a question stands anywhere in its templates, its values (which
 * `tpl` may run) or those of its dependencies. True where that cannot be seen.
 */
export const asksTheCluster = async (directory: string, files: ReadFiles): Promise<boolean> => {
  for (const path of await files.list(directory)) {
    if (/\.(tgz|tar\.gz)$/.test(path)) return true
    if (!isTemplate(path) && !path.endsWith('/values.yaml')) continue
    const bytes = await files.read(path)
    const text = bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    if (text !== undefined && questions.some((word) => text.includes(word))) return true
  }
  return false
}
