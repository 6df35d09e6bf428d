import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ExecaError, execa } from 'execa'
import { goModules, modules, programs, type Program } from './programs.ts'

// As the `go` lines of the modules say.
const oldestGo = [1, 26] as const

/**
 * Finds programs of the control plane, and builds those that are not there yet.
 *
 * A program in the folder `KUBEBUILDER_ASSETS` comes first, then one that was built before. PATH is not
 * looked at, because the version matters: an old kubectl prints other YAML.
 *
 * @returns The path of each program that was asked for.
 * @throws An error that says what to install, where Go is missing or too old; or Go's own words, where the build fails.
 */
export async function findPrograms<Name extends Program>(
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const brought = process.env['KUBEBUILDER_ASSETS'] ?? ''
  const isBrought = (name: Name) => brought !== '' && existsSync(path.join(brought, name))
  const ours = names.filter((name) => !isBrought(name))
  const folder = ours.length === 0 ? '' : await build(ours)
  return Object.fromEntries(
    names.map((name) => [name, path.join(isBrought(name) ? brought : folder, name)]),
  ) as Record<Name, string>
}

async function build(names: readonly Program[]): Promise<string> {
  const cache = path.join(
    process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'),
    'scout',
    'control-plane',
  )
  const folder = path.join(cache, await cacheKey())
  const missing = () => names.filter((name) => !existsSync(path.join(folder, name)))
  if (missing().length === 0) {
    return folder
  }

  await mkdir(folder, { recursive: true })
  await alone(path.join(folder, 'building'), async (scratch) => {
    // Asked again: somebody else may have built them while we waited for our turn.
    for (const name of missing()) {
      await buildProgram(name, scratch, folder)
    }
  })
  return folder
}

async function buildProgram(name: Program, scratch: string, folder: string): Promise<void> {
  const source = programs[name]
  console.error(`building ${name} ${source.version.slice(1)}, ${source.takes}`)
  const unfinished = path.join(scratch, name)
  await execa(
    'go',
    [
      'build',
      '-mod=readonly',
      '-trimpath',
      '-buildvcs=false',
      '-ldflags',
      source.linkFlags,
      '-o',
      unfinished,
      source.package,
    ],
    {
      cwd: path.join(goModules, source.module),
      // Go's build cache would keep several GB for programs that are built once, so it goes with the scratch folder.
      env: { CGO_ENABLED: '0', GOWORK: 'off', GOCACHE: path.join(scratch, 'go-build') },
    },
  )
  await rename(unfinished, path.join(folder, name))
}

/** Changes with everything that the programs are made from: their modules, their link flags, the Go release, system and architecture. */
async function cacheKey(): Promise<string> {
  const hash = createHash('sha256')
  for (const module of modules) {
    for (const file of ['go.mod', 'go.sum']) {
      hash.update(await readFile(path.join(goModules, module, file)))
    }
  }

  hash.update(JSON.stringify(programs))
  hash.update(await goVersion())
  return hash.digest('hex').slice(0, 16)
}

async function goVersion(): Promise<string> {
  const advice = `install Go ${oldestGo.join('.')} or newer, or set KUBEBUILDER_ASSETS to a folder that holds ${Object.keys(programs).join(', ')}`
  // Asked inside a module, so that a Go that fetches newer releases of itself answers with the one it will use.
  const { stdout } = await execa('go', ['version'], { cwd: path.join(goModules, modules[0]) }).catch(
    (error: unknown) => {
      const reason =
        error instanceof ExecaError && error.code === 'ENOENT' ? 'there is none on PATH' : String(error)
      throw new Error(`the test control plane is built with Go, and ${reason}: ${advice}`, { cause: error })
    },
  )
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout)?.map(Number) ?? []
  if (major !== oldestGo[0] || minor === undefined || minor < oldestGo[1]) {
    throw new Error(`the test control plane cannot be built with "${stdout}": ${advice}`)
  }

  return stdout
}

/** Runs `work` in a folder that nobody else has at the same time, and removes the folder afterwards. */
async function alone(scratch: string, work: (scratch: string) => Promise<void>): Promise<void> {
  let told = false
  while (!(await claim(scratch))) {
    const owner = await ownerOf(scratch)
    if (owner !== undefined && !isRunning(owner)) {
      // Left behind by a build that was killed.
      await rm(scratch, { recursive: true, force: true })
    } else if (!told) {
      console.error(`waiting for process ${owner ?? 'unknown'}, which is building the same programs`)
      told = true
    }

    await sleep(500)
  }

  try {
    await work(scratch)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** The folder is renamed into place with its owner's pid already in it, so it is never seen without. */
async function claim(scratch: string): Promise<boolean> {
  const candidate = await mkdtemp(`${scratch}-`)
  await writeFile(path.join(candidate, 'pid'), String(process.pid))
  try {
    await rename(candidate, scratch)
    return true
  } catch (error) {
    await rm(candidate, { recursive: true })
    if (['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return false
    }

    throw error
  }
}

async function ownerOf(scratch: string): Promise<number | undefined> {
  const pid = await readFile(path.join(scratch, 'pid'), 'utf8').catch(() => undefined)
  return pid === undefined ? undefined : Number(pid)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

if (import.meta.main) {
  // Ctrl-C reaches Go as well; Go's failure then makes us clean up, which dying here would not.
  process.on('SIGINT', () => {})
  try {
    const built = await findPrograms(Object.keys(programs) as Program[])
    console.log(Object.values(built).join('\n'))
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
