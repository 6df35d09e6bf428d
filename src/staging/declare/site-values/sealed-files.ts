import { isSafePath, sealedMemberOf } from '../../../core/bundle/members.ts'
import type { ReadFiles } from '../../../core/effects/files.ts'
import { problem } from '../../../core/problem.ts'
import type { Problem } from '../../../core/problem.ts'
import type { SealedRecipe, SiteValue } from '../../../core/site-values/recipe.ts'
import { idOfSealed } from '../../../core/site-values/recipe.ts'
import { outlineOf } from '../../../core/sops/outline.ts'
import type { SealedLeaf } from '../../../core/sops/outline.ts'
import { readSource } from '../../../core/yaml/source.ts'
import { overlayOf } from '../overlay.ts'
import { fromRoot } from '../release.ts'
import type { DeclaredRelease } from '../release.ts'

/** A pointer becomes part of an id, which the bundle and tables show. */
const longestPointer = 1024

const refuse = (slug: string, file: string, what: string, fix: string, line?: number): Problem =>
  problem({
    code: `declare/${slug}`,
    what,
    // Without an excerpt: the line may hold what ought to have been sealed.
    where: [{ in: 'file', file, ...(line === undefined ? {} : { line }) }],
    fix,
  })

const checkLeaf = (file: string, { pointer, path, type, line }: SealedLeaf): Problem[] => {
  if (type !== 'str')
    return [
      refuse(
        'sealed-not-text',
        file,
        `${file}, line ${line}: the value at ${pointer} is encrypted, and it is no text (${type}).`,
        `Encrypt secrets alone, which are texts: decrypt the file, and encrypt it with, for example, \`sops --encrypted-regex '^(password|token)$'\`; or put the value in quotes.`,
        line,
      ),
    ]
  // eslint-disable-next-line no-control-regex
  if (pointer.length > longestPointer || /[\u0000-\u001f\u007f-\u009f]/.test(path.join('')))
    return [
      refuse(
        'bad-sealed-key',
        file,
        `${file}, line ${line}: an encrypted value has keys that are too long, or hold control characters.`,
        'Name them otherwise.',
        line,
      ),
    ]
  return []
}

/** What a release keeps sealed itself: no values file. */
const isKept = (file: string): boolean => /^releases\/[^/]+\/sealed\.[^/]+\.yaml$/.test(file)

const checkPath = (file: string): Problem[] => [
  ...(isSafePath(sealedMemberOf(file))
    ? []
    : [
        refuse(
          'bad-sealed-path',
          file,
          `${file} is in SOPS format, and its path cannot be carried in a bundle.`,
          'Use letters, digits and . _ % ~ - alone in the names of folder and file.',
        ),
      ]),
  ...(isKept(file)
    ? [
        refuse(
          'reserved-file',
          file,
          `${file} is where \`scout render\` keeps sealed fields, and is named as a values file.`,
          'Give the values file another name.',
        ),
      ]
    : []),
]

/** Its values would reach the chart as they are encrypted. */
const lostMetadata = (file: string): Problem => ({
  ...refuse(
    'sops-metadata-missing',
    file,
    `${file} holds values that sops encrypted, and has no map \`sops\` at its top.`,
    'Restore the file from git, or seal it anew.',
  ),
  why: 'They reach the chart as they are encrypted.',
  severity: 'warning',
})

/** Values files in SOPS format, by path from the site's root, and what is wrong with them as far as that shows without the key. */
export const findSealedFiles = async (
  named: Iterable<string>,
  files: ReadFiles,
): Promise<{ sealed: Map<string, SealedLeaf[]>; problems: Problem[] }> => {
  const sealed = new Map<string, SealedLeaf[]>()
  const problems: Problem[] = []
  for (const file of named) {
    const source = readSource(file, (await files.read(file)) ?? new Uint8Array())
    // What is no text has been told of.
    const outline = source.ok ? outlineOf(source.value.text, file) : undefined
    if (outline === undefined) {
      if (source.ok && /: *["']?ENC\[AES256_GCM,data:/.test(source.value.text))
        problems.push(lostMetadata(file))
    } else if (outline.ok) {
      const { leaves } = outline.value
      sealed.set(file, leaves)
      problems.push(...checkPath(file), ...leaves.flatMap((leaf) => checkLeaf(file, leaf)))
    } else problems.push(...outline.problems)
  }
  return { sealed, problems }
}

/** The values files that a release names for an environment. */
export const valuesFilesOf = ({ content, folder }: DeclaredRelease, environment: string): string[] =>
  [content, overlayOf(content, environment)].flatMap(({ valuesFiles = [] }) =>
    valuesFiles.map((path) => fromRoot(folder, path)),
  )

/** The encrypted texts of a release's values files, each a site value that nobody declares. */
export const sealedInValues = (
  release: DeclaredRelease,
  environment: string,
  sealed: Map<string, SealedLeaf[]>,
): SiteValue[] =>
  [...new Set(valuesFilesOf(release, environment))].flatMap((file) =>
    (sealed.get(file) ?? []).map(({ pointer }): SiteValue => {
      const recipe: SealedRecipe = { made: 'sealed', file, pointer }
      return { id: idOfSealed(recipe), recipe, places: [] }
    }),
  )
