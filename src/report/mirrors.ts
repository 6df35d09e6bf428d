import { visible } from './visible.ts'

/** The files as text: a single one as it is, several each under its path; only their paths where they were written into a folder. */
export const describeMirrors = (
  files: { path: string; text: string }[],
  folder: string | undefined,
): string => {
  if (folder !== undefined) return files.map(({ path }) => `${visible(folder)}/${path}\n`).join('')
  // Certificates are at hand where they were named; printed among settings they would only hide these.
  const settings = files.filter(({ path }) => !path.endsWith('.crt'))
  const [only, ...more] = settings
  if (only !== undefined && more.length === 0) return only.text
  return settings.map(({ path, text }) => `# ==> ${path}\n${text}`).join('\n')
}
