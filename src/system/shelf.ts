import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Shelf } from '../core/effects/shelf.ts'
import { isMissing } from './missing.ts'

/** The folder of this path, made when something is first written: 0700, its files `DIGEST.tgz` 0600, each put in place whole. */
export const openShelf = (folder: string): Shelf => {
  const fileOf = (bundle: string): string => path.join(folder, `${bundle.replace(/[^0-9a-f]/g, '-')}.tgz`)
  const read: Shelf['read'] = async (bundle) => {
    try {
      return await readFile(fileOf(bundle))
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }
  return {
    read,
    write: async (bundle, bytes) => {
      if ((await read(bundle)) !== undefined) return
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = fileOf(bundle)
      const fresh = `${file}.${randomUUID()}`
      try {
        const handle = await open(fresh, 'wx', 0o600)
        try {
          await handle.writeFile(bytes)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await rename(fresh, file)
      } catch (error) {
        await rm(fresh, { force: true })
        throw error
      }
    },
  }
}
