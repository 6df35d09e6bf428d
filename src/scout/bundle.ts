import { command } from '../command-line/command.ts'
import { forgetful } from '../core/effects/memory.ts'
import type { Head } from '../core/effects/git.ts'
import { all, bad, exitCodes, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { everything } from '../core/selection.ts'
import { comparisonMarkdown } from '../report/comparison-markdown.ts'
import { bundle } from '../staging/bundle/bundle.ts'
import { environmentsOf } from '../staging/declare/environments.ts'
import { textsOf } from '../core/rendered-files.ts'
import { compareWith, renderEnvironments, requireFresh } from '../staging/pipeline.ts'
import type { RenderedEnvironment, StagingSystem } from '../staging/pipeline.ts'
import { ship } from '../staging/ship/ship.ts'
import { makeFolder, openDrop } from '../system/drop.ts'
import { openSftp } from '../system/sftp.ts'
import { loadPrivateKey } from '../system/signer.ts'
import { askPassphrase, passphraseOptions } from './key-options.ts'
import { siteOptions } from './options.ts'
import { openRun } from './run.ts'
import { tool } from './tool.ts'

/** `20261121.055412-70b225b0c1d2`: sorts by time, and names the commit. */
const versionOf = ({ commit, time, clean }: Head): string => {
  const stamp = new Date(time)
    .toISOString()
    .replaceAll(/[-:]|\.\d+Z/g, '')
    .replace('T', '.')
  return `${stamp}-${commit.slice(0, 12)}${clean ? '' : '-dirty'}`
}

const usage = (what: string, fix: string) =>
  bad([problem({ code: 'usage/wrong', fault: 'usage', what, fix })])

const noVersion = problem({
  code: 'bundle/no-version',
  fault: 'usage',
  what: 'There is no git commit to take the version from.',
  fix: 'Give one: --version 1.4.0.',
})

const sequenceOf = (text: string | undefined): Outcome<number | undefined> => {
  if (text === undefined) return good(undefined)
  const sequence = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(sequence)) return good(sequence)
  return usage(`--sequence cannot be "${text}".`, 'Give a whole number that grows.')
}

/** The files that the site values of an environment are sealed in; one that is missing is left out, and missed later. */
const sealedFiles = async (
  { set }: RenderedEnvironment,
  { files }: Pick<StagingSystem, 'files'>,
): Promise<Map<string, Uint8Array>> => {
  const paths = set.releases.flatMap(({ siteValues }) =>
    siteValues.flatMap(({ recipe }) => (recipe.made === 'sealed' ? [recipe.file] : [])),
  )
  const found = new Map<string, Uint8Array>()
  for (const path of new Set(paths)) {
    const content = await files.read(path)
    if (content !== undefined) found.set(path, content)
  }
  return found
}

export default command({
  summary:
    'Makes one signed file of an environment, for the control plane. It is made of what rendered/ holds, which must be what releases/ renders to.',
  arguments: [],
  options: {
    ...siteOptions,
    ...passphraseOptions,
    env: { value: 'ENV', help: 'the environment (needed where the site has more than one)' },
    key: {
      value: 'FILE',
      many: true,
      help: 'private key that signs (see scout keys); two signers are two keys',
    },
    version: { value: 'VERSION', help: "the bundle's version (default: the commit's time and digest)" },
    since: {
      value: 'REF',
      help: 'git ref that the diff report in the bundle compares with (default: the commit before HEAD)',
    },
    sequence: {
      value: 'NUMBER',
      help: "number that must grow from bundle to bundle (default: the commit's time)",
    },
    previous: { value: 'DIGEST', help: 'sha256:… of the bundle.json that this one follows' },
    'not-after': { value: 'TIME', help: 'time after which nobody may apply it: 2027-01-31T00:00:00Z' },
    out: { value: 'FOLDER', help: 'where the file goes (default: dist)' },
  },
  examples: [
    ['scout bundle --env production --key staging.key', 'version from git, into dist/'],
    [
      'scout bundle --env production --key alice.key --key bob.key --version 1.4.0',
      'two signatures, a version of its own',
    ],
    [
      'scout bundle --env production --key staging.key --since v1.3.0',
      'with the report of what changed since a release',
    ],
  ],
  run: async ({ options }) => {
    const { system, step, answer } = openRun(options)
    const sequence = await step('read the options', async () => sequenceOf(options.sequence))
    const named = await step('choose the environment', async () => {
      const known = await environmentsOf(system)
      if (!known.ok || options.env !== undefined || known.value.length === 1) return known
      return usage(
        `The site has more than one environment: ${known.value.join(', ')}.`,
        'Say which one: --env ENV.',
      )
    })
    const environment = options.env ?? (named[0] as string)
    const asked = askPassphrase(options)
    const signers = await step('read the keys', async () => {
      if (options.key.length === 0)
        return bad([
          problem({
            code: 'usage/wrong',
            fault: 'usage',
            what: 'scout bundle needs a key.',
            why: 'No control plane takes a bundle that nobody signed.',
            fix: 'Give --key FILE; `scout keys generate staging.key` makes one.',
          }),
        ])
      const loaded = []
      for (const file of options.key) loaded.push(await loadPrivateKey(file, asked))
      return all(loaded)
    })
    const [only] = (await renderEnvironments(
      { environments: [environment], selection: everything, undecided: 'error' },
      // What is signed is rendered anew, whatever lies on this disk.
      { ...system, memory: forgetful },
      step,
    )) as [RenderedEnvironment]
    await step('compare with rendered/', () => requireFresh([only], everything, system))
    const sealed = await step('read what is sealed', async () => good(await sealedFiles(only, system)))
    const head = await step('ask git', () => system.git.head())
    const version = await step('name the version', async () => {
      const named = options.version ?? (head && versionOf(head))
      return named === undefined ? bad([noVersion]) : good(named)
    })
    const hasParent = head !== undefined && (await system.git.resolve('HEAD~1')).ok
    const since = options.since ?? (hasParent ? 'HEAD~1' : null)
    const [compared] = await compareWith(since, [environment], system, step)
    const made = await step('bundle', () =>
      bundle(
        {
          set: only.set,
          files: textsOf(only.files),
          sealed,
          git: head ? { commit: head.commit, clean: head.clean } : null,
          version,
          ...(sequence !== undefined && { sequence }),
          previous: options.previous ?? null,
          notAfter: options['not-after'] ?? null,
          report:
            compared === undefined ? '' : comparisonMarkdown(compared.comparison, { title: environment }),
          epochSeconds: head ? Math.floor(head.time / 1000) : Number(process.env['SOURCE_DATE_EPOCH'] ?? 0),
          tool,
        },
        { signers },
      ),
    )
    const out = options.out ?? 'dist'
    await step('make the folder', () => makeFolder(out))
    const placed = await step('write the bundle', () =>
      ship({ bytes: made.bytes, name: made.fileName, to: out }, { openFolder: openDrop, openSftp }),
    )
    answer(
      { file: placed.place, sha256: made.fileDigest, tar: made.tarDigest, manifest: made.manifest },
      [
        placed.place,
        `  ${made.fileDigest}`,
        `  ${made.manifest.releases.length} releases, ${made.manifest.releases.reduce((sum, { objects }) => sum + objects.length, 0)} objects, for cluster ${made.manifest.cluster}`,
        `  signed by ${signers.map(({ name }) => name).join(', ')}`,
        '',
      ].join('\n'),
    )
    return exitCodes.done
  },
})
