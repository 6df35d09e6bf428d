import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { execa } from 'execa'

/** Programs of Debian that play registries and nodes, and the packages that hold them. */
const packages = {
  'docker-registry': 'docker-registry',
  containerd: 'containerd',
  ctr: 'containerd',
} as const

export type RegistryProgram = keyof typeof packages

const cache = path.join(process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'scout', 'debian')

const usual = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/bin', '/sbin']

const onPath = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(':'), ...usual]
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file))

/** Unpacks a package into the cache, which takes no root. Whoever is later finds the folder in place. */
const bring = async (name: string): Promise<void> => {
  const folder = path.join(cache, name)
  if (existsSync(folder)) return
  await mkdir(cache, { recursive: true })
  const scratch = await mkdtemp(path.join(cache, `${name}-`))
  try {
    await execa('apt-get', ['download', '--quiet=2', name], { cwd: scratch })
    const [archive = ''] = await readdir(scratch)
    await execa('dpkg', ['-x', archive, 'content'], { cwd: scratch })
    await rename(path.join(scratch, 'content'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/**
 * The path of a program: that of the machine, or one that was brought before, or one that is brought now from Debian's own package.
 * Undefined where that is not possible, so that a test can be skipped by name; in CI that is a failure.
 */
export const registryProgram = async (name: RegistryProgram): Promise<string | undefined> => {
  const found = onPath(name)
  if (found !== undefined) return found
  try {
    await bring(packages[name])
    return path.join(cache, packages[name], 'usr/bin', name)
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error
    return undefined
  }
}
