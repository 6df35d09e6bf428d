import type { ReadFiles } from '../../../core/effects/files.ts'
import type { Problem } from '../../../core/problem.ts'
import type { Release } from '../../../core/records.ts'
import { idOfRead } from '../../../core/site-values/recipe.ts'
import type { Place, SiteValue } from '../../../core/site-values/recipe.ts'
import type { SealedLeaf } from '../../../core/sops/outline.ts'
import { setting } from '../overlay.ts'
import { isEnabled } from '../release.ts'
import type { DeclaredRelease } from '../release.ts'
import { checkCircles, checkMadeOf, checkSealed, unusedValue } from './check.ts'
import type { RecipientsOf } from './check.ts'
import { meaningOf } from './meaning.ts'
import { checkClaims, checkPlace, placesOf } from './places.ts'
import { idOf, madeOf, recipeOf } from './recipe.ts'
import { meantBy, sceneOf } from './scene.ts'
import type { Scene } from './scene.ts'
import { findSealedFiles, sealedInValues, valuesFilesOf } from './sealed-files.ts'
import { tokenFinder } from './token-files.ts'
import { isWhollyRead, writtenIn } from './written.ts'
import type { Written } from './written.ts'

/** What a release's record says of site values. */
export type ReleaseSiteValues = Pick<Release, 'siteValues' | 'tokens'>

interface Declaring {
  releases: DeclaredRelease[]
  /** The names of all releases, also of those whose file could not be read. */
  folders: string[]
  /** Those of the site. */
  environments: string[]
  environment: string
  /** The paths of values files and manifests that are there. */
  named: Set<string>
  recipientsOf: RecipientsOf
}

/** The keys of the Secrets that people make: a chart may look one up, and find its placeholder. */
const suppliedOf = ({ content }: DeclaredRelease, environment: string): SiteValue[] => {
  const usual = setting(content, environment, 'namespace').value ?? content.namespace
  return (setting(content, environment, 'supplied').value ?? []).flatMap(
    ({ secret, namespace = usual, keys }) =>
      keys.map((key): SiteValue => ({
        id: idOfRead({ namespace, secret, key }),
        recipe: { made: 'read', secret, namespace, key },
        places: [],
      })),
  )
}

const recordsOf = (
  release: DeclaredRelease,
  scene: Scene,
  sealed: Map<string, SealedLeaf[]>,
): SiteValue[] => {
  const records = new Map<string, SiteValue>()
  const add = (id: string, recipe: SiteValue['recipe'], places: Place[]): void => {
    const before = records.get(id)?.places ?? []
    records.set(id, { id, recipe, places: [...before, ...places] })
  }
  for (const written of writtenIn(release, scene.environment)) {
    const recipe = recipeOf(written, scene)
    add(
      idOf(written),
      recipe,
      placesOf(written, recipe).map(({ place }) => place),
    )
  }
  const unnamed = [
    ...suppliedOf(release, scene.environment),
    ...sealedInValues(release, scene.environment, sealed),
  ]
  for (const { id, recipe, places } of unnamed) add(id, recipe, places)
  return [...records.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** What the values of one environment have against them, whoever uses them. */
const checkScene = (scene: Scene, isAsked: boolean, recipientsOf: RecipientsOf): Problem[] => {
  const all = [...scene.values.values()]
  const places = all.flatMap((written) => {
    const recipe = recipeOf(written, scene)
    return placesOf(written, recipe).map((place) => ({ place, recipe }))
  })
  return [
    ...all.flatMap((written) => [
      ...checkMadeOf(written, scene, isAsked),
      ...checkSealed(written, scene.environment, recipientsOf),
    ]),
    ...places.flatMap(({ place, recipe }) => checkPlace(place, recipe)),
    ...checkClaims(places.map(({ place }) => place)),
    ...checkCircles(scene),
  ]
}

const once = (problems: Problem[]): Problem[] => [
  ...new Map(problems.map((one) => [JSON.stringify([one.code, one.what, one.where, one.fix]), one])).values(),
]

/**
 * The site values of all releases and what their values and manifests name, for one environment, by release. Everything that is wrong with
 * them in any environment is told; of what one environment alone lacks, only that of this one.
 */
export const siteValuesOf = async (
  { releases, folders, environments, environment, named, recipientsOf }: Declaring,
  files: ReadFiles,
): Promise<{ siteValues: (release: DeclaredRelease) => ReleaseSiteValues; problems: Problem[] }> => {
  const tokensOf = tokenFinder(files, named)
  const everyFile = releases.flatMap((release) =>
    [environment, ...Object.keys(release.content.environments ?? {})].flatMap((one) =>
      valuesFilesOf(release, one),
    ),
  )
  const there = new Set(everyFile.filter((file) => named.has(file)))
  const { sealed, problems } = await findSealedFiles(there, files)
  const written = new Map<string, Written>()
  const used = new Set<string>()
  const records = new Map<string, ReleaseSiteValues>()

  for (const one of new Set([environment, ...environments])) {
    const scene = sceneOf(one, releases, folders)
    const isAsked = one === environment
    problems.push(...checkScene(scene, isAsked, recipientsOf))
    for (const value of scene.values.values()) {
      if (!written.has(value.fullName)) written.set(value.fullName, value)
      if ((value.value.at ?? []).length > 0) used.add(value.fullName)
      for (const reference of madeOf(value)) {
        const meant = meantBy(reference, scene).value
        if (meant !== undefined) used.add(meant.fullName)
      }
    }
    for (const release of releases.filter((release) => isEnabled(release, one))) {
      const tokens: Release['tokens'] = {}
      for (const token of await tokensOf(release, one)) {
        const { value, problem, hereAlone = false } = meaningOf(token, release, scene)
        if (problem !== undefined && !token.inComment && (isAsked || !hereAlone)) problems.push(problem)
        if (value === undefined || token.written === undefined) continue
        if (!token.inComment) used.add(value.written.fullName)
        tokens[token.written] = { id: idOf(value.written), part: value.part }
      }
      if (isAsked) records.set(release.name, { siteValues: recordsOf(release, scene, sealed), tokens })
    }
  }
  // What could not be read, or names another one than it means, may use any of them.
  if (problems.length === 0 && releases.length === folders.length && releases.every(isWhollyRead))
    for (const [fullName, value] of written) if (!used.has(fullName)) problems.push(unusedValue(value))
  return {
    siteValues: ({ name }) => records.get(name) ?? { siteValues: [], tokens: {} },
    problems: once(problems),
  }
}
