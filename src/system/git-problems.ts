import { bad, problem } from '../core/problem.ts'
import type { Problem } from '../core/problem.ts'

type Refusal = { ok: false; problems: [Problem, ...Problem[]] }

/** What git says when it refuses to do anything at all; the words are stable since LC_ALL is C. */
const refusals: { says: RegExp; told: Pick<Problem, 'code' | 'what' | 'fix'> }[] = [
  {
    says: /dubious ownership/,
    told: {
      code: 'git/foreign-repository',
      what: 'git refuses this repository because it belongs to another user.',
      fix: 'Run `git config --global --add safe.directory FOLDER` for its folder, or run as its owner.',
    },
  },
  {
    says: /not a git repository|must be run in a work tree/i,
    told: {
      code: 'git/no-repository',
      what: 'The site does not lie in a git repository.',
      fix: 'Work in a clone of the site, or run `git init` and commit.',
    },
  },
  {
    says: /directory that does not exist/,
    told: {
      code: 'git/no-folder',
      what: 'The folder of the site is not there.',
      fix: 'Correct the path: --site FOLDER.',
    },
  },
  {
    says: /ENOENT/,
    told: { code: 'git/no-git', what: 'The program git is not on PATH.', fix: 'Install git.' },
  },
]

/** A failure of git itself as a problem: those that people meet by name, any other with git's own words. */
export const gitFailed = (error: unknown): Refusal => {
  const raw = error instanceof Error ? error.message : String(error)
  const known = refusals.find(({ says }) => says.test(raw))
  const told = known?.told ?? {
    code: 'git/failed' as const,
    what: 'git failed.',
    fix: "Read git's own words with --verbose.",
  }
  return bad([problem({ fault: 'world', raw, ...told })])
}

export const noCommits = (): Refusal =>
  bad([
    problem({
      code: 'git/no-commits',
      what: 'The repository has no commit yet, so there is nothing to compare with.',
      fix: 'Commit the site first.',
    }),
  ])

/** A ref that git would take for an option, or that no ref can be. */
export const badRef = (ref: string): Refusal =>
  bad([
    problem({
      code: 'git/bad-ref',
      fault: 'usage',
      what: `${JSON.stringify(ref)} is no name of a commit.`,
      fix: 'Name a branch, a tag or a commit, such as origin/main.',
    }),
  ])

/** What fetches the ref: `origin/main` is branch main of origin, any other name is taken for a branch of origin. */
const fetchOf = (ref: string, shallow: boolean): string => {
  const named = /^(?:(?:refs\/remotes\/)?(origin)\/)?([\w][\w./-]*)$/.exec(ref)
  const isCommit = /^[0-9a-f]{7,64}$/.test(ref)
  if (named && !isCommit) return `git fetch ${named[1] ?? 'origin'} ${named[2]}`
  return shallow ? 'git fetch --unshallow origin' : 'git fetch origin'
}

export const missingRef = (ref: string, shallow: boolean, raw?: string): Refusal =>
  bad([
    problem({
      code: 'git/missing-ref',
      what: `There is no commit named ${JSON.stringify(ref)} here.`,
      ...(shallow && { why: 'This is a shallow clone, which holds only the newest commits.' }),
      fix: `Look for a misspelling, or run \`${fetchOf(ref, shallow)}\`.`,
      ...(raw !== undefined && { raw }),
    }),
  ])

export const noMergeBase = (ref: string, shallow: boolean): Refusal =>
  bad([
    problem({
      code: 'git/no-merge-base',
      what: `HEAD and ${JSON.stringify(ref)} have no commit in common here.`,
      ...(shallow && { why: 'This is a shallow clone, which holds only the newest commits.' }),
      fix: shallow
        ? 'Run `git fetch --unshallow origin` (in GitLab CI: set GIT_DEPTH to 0).'
        : 'Compare with a branch that this one grew from.',
    }),
  ])

/** A file of a tree that holds no text: a link, a submodule, bytes that are not UTF-8, or one that the clone lacks. */
export const unreadable = (file: string, ref: string, because: string): Problem =>
  problem({
    code: 'git/unreadable-file',
    what: `${file} at ${ref} ${because}.`,
    where: [{ in: 'file', file }],
    fix: 'Have `scout render` write the folder anew, and commit it.',
  })
