import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ExecaError, execa } from 'execa'
import { goModules, kubernetesFlags, modules, programs, type Program } from './programs.ts'

// As the `go` lines of the modules say.
const oldestGo = [1, 26] as const

/**
 * Finds programs of the control plane (and cosign, sops and age), and builds those that are not there yet.
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
  const folders = new Map<Module, string>()
  for (const module of modules) {
    const wanted = ours.filter((name) => programs[name].module === module)
    if (wanted.length > 0) {
      folders.set(module, await build(module, wanted))
    }
  }

  const folderOf = (name: Name) => (isBrought(name) ? brought : folders.get(programs[name].module)) ?? ''
  return Object.fromEntries(names.map((name) => [name, path.join(folderOf(name), name)])) as Record<
    Name,
    string
  >
}

/**
 * Finds the API server of another release of Kubernetes than the pinned one, such as `1.33.13`, and builds it if it is
 * not there yet: from the published module, by the go.mod that it comes with, which says how its own release was built.
 *
 * @returns Its path.
 * @throws As `findPrograms`.
 */
export async function findApiServer(release: string): Promise<string> {
  const folder = path.join(cache(), `kubernetes-${release}`)
  const program = path.join(folder, 'kube-apiserver')
  if (!existsSync(program)) {
    await goVersion()
    await mkdir(folder, { recursive: true })
    await alone(path.join(folder, 'building'), async (scratch) => {
      if (!existsSync(program)) {
        await buildApiServer(release, scratch, program)
      }
    })
  }

  return program
}

async function buildApiServer(release: string, scratch: string, program: string): Promise<void> {
  console.error(`building kube-apiserver ${release}, about 3 minutes`)
  const { stdout } = await execa('go', ['mod', 'download', '-json', `k8s.io/kubernetes@v${release}`])
  const { Dir: cwd } = JSON.parse(stdout) as { readonly Dir: string }
  const requirements = await readFile(path.join(cwd, 'go.mod'), 'utf8')
  await writeFile(path.join(scratch, 'go.mod'), withPublishedStaging(requirements, release))
  await writeFile(path.join(scratch, 'go.sum'), await readFile(path.join(cwd, 'go.sum')))
  await compile({
    cwd,
    // The digests of the staging modules are missing there; Go takes them from its checksum database.
    flags: ['-mod=mod', `-modfile=${path.join(scratch, 'go.mod')}`],
    linkFlags: `-s -w ${kubernetesFlags(`v${release}`)}`,
    package: './cmd/kube-apiserver',
    scratch,
    program,
  })
}

/** Kubernetes finds its staging modules in folders that its module does not have. They are published from the same commit, v0.33.13 for v1.33.13. */
function withPublishedStaging(requirements: string, release: string): string {
  return (
    requirements
      .replaceAll(/=> \.\/staging\/src\/(\S+)/g, `=> $1 v${release.replace(/^1/, '0')}`)
      // Nothing imports the samples, and Go would fetch what they require all the same.
      .replaceAll(/^\tk8s\.io\/sample-\S+ v.*\n/gm, '')
  )
}

async function build(module: Module, names: readonly Program[]): Promise<string> {
  const folder = path.join(cache(), `${module}-${await cacheKey(module)}`)
  const missing = () => names.filter((name) => !existsSync(path.join(folder, name)))
  if (missing().length === 0) {
    return folder
  }

  await mkdir(folder, { recursive: true })
  await alone(path.join(folder, 'building'), async (scratch) => {
    // Asked again: somebody else may have built them while we waited for our turn.
    for (const name of missing()) {
      const source = programs[name]
      console.error(`building ${name} ${source.version.slice(1)}, ${source.takes}`)
      await compile({
        cwd: path.join(goModules, source.module),
        flags: ['-mod=readonly'],
        linkFlags: source.linkFlags,
        package: source.package,
        scratch,
        program: path.join(folder, name),
      })
    }
  })
  return folder
}

type Module = (typeof modules)[number]

type Compilation = {
  readonly cwd: string
  readonly flags: readonly string[]
  readonly linkFlags: string
  readonly package: string
  readonly scratch: string
  readonly program: string
}

/** The program is renamed into place, so that it is never seen half written. */
async function compile({
  cwd,
  flags,
  linkFlags,
  package: source,
  scratch,
  program,
}: Compilation): Promise<void> {
  const unfinished = path.join(scratch, path.basename(program))
  await execa(
    'go',
    ['build', ...flags, '-trimpath', '-buildvcs=false', '-ldflags', linkFlags, '-o', unfinished, source],
    {
      cwd,
      // Go's build cache would keep several GB for programs that are built once, so it goes with the scratch folder.
      env: { CGO_ENABLED: '0', GOWORK: 'off', GOCACHE: path.join(scratch, 'go-build') },
    },
  )
  await rename(unfinished, program)
}

function cache(): string {
  return path.join(
    process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'),
    'scout',
    'control-plane',
  )
}

/** Changes with everything that a module's programs are made from: the module, their link flags, the Go release, system and architecture. */
async function cacheKey(module: Module): Promise<string> {
  const hash = createHash('sha256')
  for (const file of ['go.mod', 'go.sum']) {
    hash.update(await readFile(path.join(goModules, module, file)))
  }

  hash.update(JSON.stringify(Object.values(programs).filter((one) => one.module === module)))
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
