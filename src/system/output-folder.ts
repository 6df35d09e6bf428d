import { lstatSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { OutputFolder } from '../core/effects/files.ts'
import { openFiles } from './files.ts'

/** A folder that the command line names. It is made where it is not there; nothing is written through a link in it. */
export const openOutputFolder = (folder: string): OutputFolder => {
  const whole = resolve(folder)
  const name = basename(whole)
  const files = openFiles(dirname(whole), [name])
  return {
    kind: async () => {
      const found = lstatSync(whole, { throwIfNoEntry: false })
      if (found === undefined) return 'nothing'
      if (found.isSymbolicLink()) return 'link'
      return found.isDirectory() && name !== '' ? 'folder' : 'other'
    },
    list: async () =>
      [...(await files.list(name)), ...(await files.links(name))].map((path) => path.slice(name.length + 1)),
    read: async (path) => await files.read(`${name}/${path}`),
    replace: async (content) => await files.replaceFolder(name, content),
  }
}
