import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

export const root = join(import.meta.dirname, '../..')

type Teardown = { teardown(done: () => Promise<void>): void }

/** How a program ended, and what it said. */
export interface Ended {
  command: string
  exitCode: number | undefined
  stdout: string
  stderr: string
}

/** Runs a program to its end, whatever its exit code: Node and tools of this checkout first, unless `plain`. */
export const ended = async (
  command: string,
  args: string[],
  { plain = false, ...options }: { cwd?: string; env?: { [name: string]: string }; plain?: boolean } = {},
): Promise<Ended> => {
  const { exitCode, stdout, stderr, escapedCommand } = await execa(command, args, {
    ...options,
    preferLocal: !plain,
    localDir: root,
    reject: false,
    stdin: 'ignore',
  })
  return { command: escapedCommand, exitCode, stdout, stderr }
}

/** The sample site in a git repository of its own, committed, with the programs called as people call them. */
export interface TrialSite {
  folder: string
  /** All that was run, and what it said. */
  told: Ended[]
  scout(...args: string[]): Promise<Ended>
  apply(...args: string[]): Promise<Ended>
  git(...args: string[]): Promise<Ended>
}

const author = ['-c', 'user.name=Test', '-c', 'user.email=test@site.example']

/** A copy of the sample site; the programs run from this checkout. Exit codes are for the test to judge. */
export const trialSite = async (t: Teardown): Promise<TrialSite> => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-site-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  for (const part of ['releases', 'rendered', '.gitignore', '.gitattributes'])
    await cp(join(root, part), join(folder, part), { recursive: true })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const told: Ended[] = []
  const run = async (command: string, args: string[]) => {
    const one = await ended(command, args, {
      cwd: folder,
      env: { CI: 'true', GIT_CONFIG_GLOBAL: '/dev/null' },
    })
    told.push(one)
    return one
  }
  const site: TrialSite = {
    folder,
    told,
    scout: (...args) => run('node', [join(root, 'src/scout.ts'), ...args]),
    apply: (...args) => run('node', [join(root, 'src/scout-apply.ts'), ...args]),
    git: (...args) => run('git', [...author, ...args]),
  }
  await site.git('init', '-q', '-b', 'main')
  await site.git('add', '-A')
  await site.git('commit', '-q', '-m', 'The site')
  return site
}
