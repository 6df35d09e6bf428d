import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Outcome } from '../../src/core/problem.ts'
import { openGit } from '../../src/system/git.ts'

const run = (folder: string, ...words: string[]): string =>
  execFileSync(
    'git',
    ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgSign=false', ...words],
    {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        ...process.env,
        GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
        GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
      },
    },
  ).trim()

const write = async (folder: string, files: { [path: string]: string | Uint8Array }): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

const folderFor = async (t: ExecutionContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-git-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const repositoryWith = async (
  t: ExecutionContext,
  files: { [path: string]: string | Uint8Array },
): Promise<string> => {
  const folder = await folderFor(t)
  run(folder, 'init', '-q', '-b', 'main')
  await write(folder, files)
  run(folder, 'add', '-A')
  run(folder, 'commit', '-q', '-m', 'first')
  return folder
}

const valueOf = <T>(t: ExecutionContext, outcome: Outcome<T>): T => {
  t.true(outcome.ok, outcome.ok ? '' : JSON.stringify(outcome.problems))
  return (outcome as { value: T }).value
}

const codesOf = (outcome: Outcome<unknown>): string[] =>
  outcome.ok ? [] : outcome.problems.map(({ code }) => code)

test('branches, tags, short ids and revisions are resolved to the commit', async (t) => {
  const folder = await repositoryWith(t, { 'a.txt': 'a' })
  run(folder, 'tag', '-a', 'v1', '-m', 'one')
  run(folder, 'branch', 'feature/ü')
  const commit = run(folder, 'rev-parse', 'HEAD')
  for (const ref of ['main', 'HEAD', 'v1', commit, commit.slice(0, 8), 'feature/ü', 'HEAD~0', '@'])
    t.is(valueOf(t, await openGit(folder).resolve(ref)), commit, ref)
})

test('a ref that git would take for an option, or that no ref can be, is wrong usage and is not handed to git', async (t) => {
  const folder = await repositoryWith(t, { 'a.txt': 'a' })
  for (const ref of ['--output=pwned', '-h', '', 'main\nHEAD', 'a\0b', '--upload-pack=touch pwned']) {
    const found = await openGit(folder).resolve(ref)
    t.deepEqual(codesOf(found), ['git/bad-ref'], ref)
    t.deepEqual(codesOf(await openGit(folder).treeAt(ref, 'rendered')), ['git/bad-ref'])
    t.deepEqual(codesOf(await openGit(folder).mergeBase(ref)), ['git/bad-ref'])
  }
  t.is(run(folder, 'status', '--porcelain'), '')
})

const missing = [
  { ref: 'origin/main', fix: 'git fetch origin main' },
  { ref: 'release-1.2', fix: 'git fetch origin release-1.2' },
  { ref: 'refs/remotes/origin/a/b', fix: 'git fetch origin a/b' },
  { ref: '0123456789abcdef0123456789abcdef01234567', fix: 'git fetch origin`' },
  { ref: 'HEAD~50', fix: 'git fetch origin`' },
  { ref: 'main..HEAD', fix: 'git fetch origin' },
  { ref: '$(touch pwned)', fix: 'git fetch origin`' },
]
for (const { ref, fix } of missing)
  test(`a ref that is not there (${ref}) is a problem that says what fetches it`, async (t) => {
    const found = await openGit(await repositoryWith(t, { 'a.txt': 'a' })).resolve(ref)
    t.deepEqual(codesOf(found), ['git/missing-ref'])
    t.true(!found.ok && found.problems[0].fix.includes(fix), found.ok ? '' : found.problems[0].fix)
  })

test('a tree is read as it was at the ref, whatever lies in the work tree now, with the texts as they are', async (t) => {
  const files = {
    'rendered/prod/web/main/shop/Deployment.apps_web.yaml': 'kind: Deployment\n',
    'rendered/prod/web/main/_cluster/ClusterRole.rbac_system%3Ax.yaml': 'no line break at the end',
    'rendered/prod/odd "name"\twith ü and\nline break.yaml': 'crlf\r\n\0and a NUL',
    'rendered/prod/empty.yaml': '',
    'rendered/prod/bom.yaml': '\uFEFFkind: Secret\n',
    'rendered/production/other.yaml': 'not of this environment',
    'releases/site.yaml': 'not rendered',
  }
  const folder = await repositoryWith(t, files)
  await rm(join(folder, 'rendered'), { recursive: true })
  const tree = valueOf(t, await openGit(folder).treeAt('HEAD', 'rendered/prod'))
  const wanted = Object.entries(files)
    .filter(([path]) => path.startsWith('rendered/prod/'))
    .map(([path, text]) => [path.slice('rendered/prod/'.length), text])
  t.deepEqual(Object.fromEntries(tree), Object.fromEntries(wanted))
  t.deepEqual([...tree.keys()], [...tree.keys()].sort())
})

test('a file that was renamed stands under its old path at the old commit and under its new one at the new', async (t) => {
  const folder = await repositoryWith(t, { 'rendered/a (1).yaml': 'x' })
  run(folder, 'mv', 'rendered/a (1).yaml', 'rendered/b*?[x].yaml')
  run(folder, 'commit', '-q', '-m', 'renamed')
  const git = openGit(folder)
  t.deepEqual([...valueOf(t, await git.treeAt('HEAD~1', 'rendered'))], [['a (1).yaml', 'x']])
  t.deepEqual([...valueOf(t, await git.treeAt('HEAD', 'rendered'))], [['b*?[x].yaml', 'x']])
})

test('a folder that the ref lacks is an empty tree', async (t) => {
  const folder = await repositoryWith(t, { 'a.txt': 'a' })
  t.is(valueOf(t, await openGit(folder).treeAt('HEAD', 'rendered/new')).size, 0)
})

test('a site in a folder of a larger repository is read and judged from its own root', async (t) => {
  const folder = await repositoryWith(t, {
    'sites/a/rendered/prod/x.yaml': 'x',
    'sites/b/rendered/prod/y.yaml': 'y',
  })
  const git = openGit(join(folder, 'sites/a'))
  t.deepEqual([...valueOf(t, await git.treeAt('HEAD', 'rendered/prod'))], [['x.yaml', 'x']])
  await write(folder, { 'sites/b/new.yaml': 'not of this site' })
  t.true(valueOf(t, await git.head())?.clean)
  await write(folder, { 'sites/a/rendered/prod/x.yaml': 'changed', 'sites/a/ü new.yaml': '' })
  t.deepEqual(valueOf(t, await git.head())?.changed, ['rendered/prod/x.yaml', 'ü new.yaml'])
})

test('2,000 files are read whole, equal ones and large ones among them', async (t) => {
  const files: { [path: string]: string } = {}
  for (let index = 0; index < 2000; index++)
    files[`rendered/prod/r${index % 20}/o${index}.yaml`] =
      index % 7 === 0 ? 'same\n' : `${index}\n`.repeat(200)
  const folder = await repositoryWith(t, files)
  const tree = valueOf(t, await openGit(folder).treeAt('main', 'rendered/prod/'))
  t.is(tree.size, 2000)
  for (const [path, text] of tree) t.is(files[`rendered/prod/${path}`], text)
})

test('links and bytes that are not UTF-8 are told, all of them, and never read as text', async (t) => {
  const folder = await repositoryWith(t, {
    'rendered/ok.yaml': 'x',
    'rendered/latin1.yaml': Uint8Array.of(0xe9, 0x0a),
  })
  await symlink('/etc/passwd', join(folder, 'rendered/link.yaml'))
  run(folder, 'add', '-A')
  run(folder, 'commit', '-q', '-m', 'link')
  const found = await openGit(folder).treeAt('HEAD', 'rendered')
  t.deepEqual(found.ok || found.problems.map(({ what }) => what), [
    'rendered/link.yaml at HEAD is a symbolic link.',
    'rendered/latin1.yaml at HEAD is not UTF-8.',
  ])
})

test('head tells the commit, its time, and every change: edited, staged, removed, renamed and untracked, but not ignored', async (t) => {
  const folder = await repositoryWith(t, {
    '.gitignore': 'dist/\n',
    'a.txt': 'a',
    'b.txt': 'b',
    'c.txt': 'c',
    'd.txt': 'd',
  })
  const git = openGit(folder)
  const commit = run(folder, 'rev-parse', 'HEAD')
  await write(folder, { 'dist/x': 'ignored' })
  const time = Date.parse('2026-01-02T03:04:05Z')
  t.deepEqual(valueOf(t, await git.head()), { commit, time, clean: true, changed: [] })
  await write(folder, { 'a.txt': 'A', 'new folder/é.txt': 'n' })
  await rm(join(folder, 'b.txt'))
  run(folder, 'mv', 'c.txt', 'e.txt')
  t.deepEqual(valueOf(t, await git.head()), {
    commit,
    time,
    clean: false,
    changed: ['a.txt', 'b.txt', 'c.txt', 'e.txt', 'new folder/é.txt'],
  })
})

test('a repository without a commit has no head, and a ref in it is a problem that says so', async (t) => {
  const folder = await folderFor(t)
  run(folder, 'init', '-q')
  t.is(valueOf(t, await openGit(folder).head()), undefined)
  t.deepEqual(codesOf(await openGit(folder).resolve('main')), ['git/no-commits'])
  t.deepEqual(codesOf(await openGit(folder).mergeBase('main')), ['git/no-commits'])
})

test('a folder that is no repository has no head, and a ref in it is a problem of the world', async (t) => {
  const folder = await folderFor(t)
  t.is(valueOf(t, await openGit(folder).head()), undefined)
  const found = await openGit(folder).resolve('main')
  t.deepEqual(codesOf(found), ['git/no-repository'])
  t.is(found.ok || found.problems[0].fault, 'world')
})

test('the merge base is the commit at which two branches parted', async (t) => {
  const folder = await repositoryWith(t, { 'a.txt': 'a' })
  const parted = run(folder, 'rev-parse', 'HEAD')
  run(folder, 'checkout', '-q', '-b', 'topic')
  run(folder, 'commit', '-q', '--allow-empty', '-m', 'topic')
  run(folder, 'branch', 'other', 'main')
  run(folder, 'checkout', '-q', 'other')
  run(folder, 'commit', '-q', '--allow-empty', '-m', 'other')
  t.is(valueOf(t, await openGit(folder).mergeBase('topic')), parted)
  run(folder, 'checkout', '-q', '--orphan', 'alone')
  run(folder, 'commit', '-q', '--allow-empty', '-m', 'alone')
  t.deepEqual(codesOf(await openGit(folder).mergeBase('topic')), ['git/no-merge-base'])
})

test('in a shallow clone what is cut off is told with the way to fetch it', async (t) => {
  const folder = await repositoryWith(t, { 'a.txt': 'a' })
  run(folder, 'branch', 'topic')
  run(folder, 'commit', '-q', '--allow-empty', '-m', 'second')
  run(folder, 'checkout', '-q', 'topic')
  run(folder, 'commit', '-q', '--allow-empty', '-m', 'third')
  const clone = await folderFor(t)
  run(clone, 'clone', '-q', '--depth', '1', '--no-single-branch', `file://${folder}`, '.')
  const git = openGit(clone)
  const base = await git.mergeBase('origin/main')
  t.deepEqual(codesOf(base), ['git/no-merge-base'])
  t.true(!base.ok && base.problems[0].fix.includes('--unshallow'))
  const before = await git.resolve('HEAD~1')
  t.true(!before.ok && before.problems[0].why?.includes('shallow'))
})
