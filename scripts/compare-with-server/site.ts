import type { ReadFiles } from '../../src/core/effects/files.ts'
import { canonicalJson } from '../../src/core/json.ts'
import { readObjects } from '../../src/core/manifest.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { all, bad, good, problem } from '../../src/core/problem.ts'
import type { Outcome } from '../../src/core/problem.ts'
import type { ResolvedRelease, SetOf } from '../../src/core/records.ts'
import { placeholderOf } from '../../src/core/site-values/placeholder.ts'
import { partsOf } from '../../src/core/site-values/recipe.ts'
import type { Recipe } from '../../src/core/site-values/recipe.ts'
import { withDigest } from '../../src/staging/render/mask/checksums.ts'
import type { Masks } from './judge.ts'

/** One file of `rendered/ENV`; its path is that below this folder. */
export interface RenderedFile {
  path: string
  text: string
  release: string
  phase: string
  object: KubeObject
}

const readFile = async (path: string, folder: string, files: ReadFiles): Promise<Outcome<RenderedFile>> => {
  const text = (await files.readText(`${folder}/${path}`)) ?? ''
  const read = readObjects(text, `${folder}/${path}`)
  if (!read.ok) return read
  const [release = '', phase = ''] = path.split('/')
  const [found, another] = read.value
  if (found !== undefined && another === undefined)
    return good({ path, text, release, phase, object: found.object })
  return bad([
    problem({
      code: 'compare-with-server/not-rendered',
      what: `${folder}/${path} does not hold one object.`,
      where: [{ in: 'file', file: `${folder}/${path}` }],
      fix: 'Run `scout render`, which writes these files.',
    }),
  ])
}

/** What the site renders to, as `rendered/ENV` has it. */
export const readRendered = async (
  environment: string,
  files: ReadFiles,
): Promise<Outcome<RenderedFile[]>> => {
  const folder = `rendered/${environment}`
  const paths = (await files.list(folder)).map((path) => path.slice(folder.length + 1))
  if (paths.length > 0) return all(await Promise.all(paths.map((path) => readFile(path, folder, files))))
  return bad([
    problem({
      code: 'compare-with-server/not-rendered',
      what: `${folder} holds nothing.`,
      fix: `Run \`scout render --env ${environment}\` first.`,
    }),
  ])
}

const givenByPeople: Recipe['made'][] = ['supplied', 'read', 'sealed']

const suppliedIn = ({ releases }: SetOf<ResolvedRelease>): Set<string> =>
  new Set(
    releases
      .flatMap(({ siteValues }) => siteValues)
      .filter(({ recipe }) => givenByPeople.includes(recipe.made))
      .flatMap(({ id, recipe }) => partsOf(recipe).map((part) => placeholderOf(id, part))),
  )

/** What may be masked, by release, as the site declares it and as `rendered/ENV` has it. */
export const masksOf = (
  set: SetOf<ResolvedRelease>,
  rendered: RenderedFile[],
): ((release: string) => Masks) => {
  const supplied = suppliedIn(set)
  const byRelease = Map.groupBy(rendered, ({ release }) => release)
  return (release) => {
    const objects = (byRelease.get(release) ?? []).map(({ object }) => object)
    const isDigest: Masks['isDigest'] = (object, path) =>
      canonicalJson(withDigest(object, path, objects)) === canonicalJson(object)
    return { supplied, isDigest }
  }
}
