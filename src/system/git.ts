import { simpleGit } from 'simple-git'
import type { SimpleGit } from 'simple-git'
import type { Git, Head } from '../core/effects/git.ts'
import { good, unless } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import { utf8Text } from '../core/utf-8.ts'
import { badRef, gitFailed, missingRef, noCommits, noMergeBase, unreadable } from './git-problems.ts'
import { parseBatch } from './git-batch.ts'

/** simple-git takes no variable but these on; LC_ALL makes git's words the ones that we know. */
const environment = (): { [name: string]: string } => {
  const passed = ['PATH', 'HOME', 'XDG_CONFIG_HOME'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(passed), LC_ALL: 'C' }
}

/**
 * git in a folder, optionally with something to read. Waits for the end of the output: by default simple-git gives up 50 ms after
 * the process has ended, which under load cuts a long output short.
 */
const gitIn = (root: string, input?: string): SimpleGit =>
  simpleGit(root, {
    completion: { onClose: true, onExit: false },
    ...(input !== undefined && { input: () => input }),
  }).env(environment())

const isPlainRef = (ref: string): boolean => ref !== '' && !ref.startsWith('-') && !/\p{Cc}/u.test(ref)

const commitForm = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/** The commit, or '' where git knows none of that name (for a range such as `a..b` it answers with more than one line). */
const commitOf = (root: string, ref: string): Promise<string> =>
  gitIn(root)
    .raw(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
    .then((answer) => (commitForm.test(answer.trim()) ? answer.trim() : ''))

const isShallow = async (root: string): Promise<boolean> =>
  (await gitIn(root).raw(['rev-parse', '--is-shallow-repository'])).trim() === 'true'

const resolve = async (root: string, ref: string): Promise<Outcome<string>> => {
  if (!isPlainRef(ref)) return badRef(ref)
  const commit = await commitOf(root, ref)
  if (commit !== '') return good(commit)
  if ((await commitOf(root, 'HEAD')) === '') return noCommits()
  return missingRef(ref, await isShallow(root))
}

interface Entry {
  mode: string
  id: string
  path: string
}

/** `ls-tree -z`: mode, type, id and path of each entry; the paths are unquoted and relative to the working folder. */
const parseTree = (listing: string): Entry[] =>
  listing
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t')
      const [mode = '', , id = ''] = line.slice(0, tab).split(' ')
      return { mode, id, path: line.slice(tab + 1) }
    })

const isFile = ({ mode }: Entry): boolean => mode.startsWith('100')

/** Lists the tree with one process and reads all its files with a second one: 2,000 files in tens of milliseconds. */
const treeAt = async (root: string, ref: string, folder: string): Promise<Outcome<Map<string, string>>> => {
  const commit = await resolve(root, ref)
  if (!commit.ok) return commit
  const below = `${folder.replace(/\/+$/, '')}/`
  const listing = await gitIn(root).raw(['ls-tree', '-r', '-z', commit.value, '--', below])
  const entries = parseTree(listing).sort((a, b) => (a.path < b.path ? -1 : 1))
  const files = entries.filter(isFile)
  const ids = [...new Set(files.map(({ id }) => id))]
  const contents =
    ids.length === 0
      ? new Map<string, Uint8Array>()
      : parseBatch(await gitIn(root, `${ids.join('\n')}\n`).binaryCatFile(['--batch']))
  const found: Problem[] = entries
    .filter((entry) => !isFile(entry))
    .map(({ path, mode }) => unreadable(path, ref, mode === '120000' ? 'is a symbolic link' : 'is no file'))
  const texts = new Map<string, string>()
  for (const { id, path } of files) {
    const bytes = contents.get(id)
    const text = bytes && utf8Text(bytes)
    if (text === undefined) found.push(unreadable(path, ref, bytes ? 'is not UTF-8' : 'is not in this clone'))
    else texts.set(path.slice(below.length), text)
  }
  return unless(found, () => texts)
}

const statusOptions = ['--porcelain=v1', '-z', '--no-renames', '--untracked-files=all']

/** Paths of `git status -z`, which counts them from the repository's root, relative to the site's. */
const parseStatus = (status: string, prefix: string): string[] =>
  status
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.slice(3))
    .map((path) => (path.startsWith(prefix) ? path.slice(prefix.length) : path))
    .sort()

const head = async (root: string): Promise<Outcome<Head | undefined>> => {
  if ((await commitOf(root, 'HEAD')) === '') return good(undefined)
  const log = await gitIn(root).raw(['log', '-1', '--no-show-signature', '--format=%H %ct', 'HEAD'])
  const [commit = '', seconds = ''] = log.trim().split(' ')
  const prefix = (await gitIn(root).raw(['rev-parse', '--show-prefix'])).replace(/\n$/, '')
  const status = await gitIn(root).raw(['--no-optional-locks', 'status', ...statusOptions, '--', '.'])
  const changed = parseStatus(status, prefix)
  return good({ commit, time: Number(seconds) * 1000, clean: changed.length === 0, changed })
}

const mergeBase = async (root: string, ref: string): Promise<Outcome<string>> => {
  const commit = await resolve(root, ref)
  if (!commit.ok) return commit
  const base = (await gitIn(root).raw(['merge-base', 'HEAD', commit.value])).trim()
  return base === '' ? noMergeBase(ref, await isShallow(root)) : good(base)
}

/** The git repository around a site's root, by the program git on PATH. What git refuses comes back as problems. */
export const openGit = (root: string): Git => {
  const safely = <T>(run: () => Promise<Outcome<T>>): Promise<Outcome<T>> => run().catch(gitFailed)
  return {
    resolve: (ref) => safely(() => resolve(root, ref)),
    treeAt: (ref, folder) => safely(() => treeAt(root, ref, folder)),
    mergeBase: (ref) => safely(() => mergeBase(root, ref)),
    head: async () => {
      const found = await safely(() => head(root))
      const outside = !found.ok && found.problems.some(({ code }) => code === 'git/no-repository')
      return outside ? good(undefined) : found
    },
  }
}
