import type { WrittenSiteValue } from '../../../core/declared.generated.ts'
import { isObject } from '../../../core/json.ts'
import type { Path } from '../../../core/pointer.ts'
import { overlayOf, setting } from '../overlay.ts'
import type { DeclaredRelease } from '../release.ts'

/** One site value as its release's file gives it for an environment, and where. */
export interface Written {
  release: DeclaredRelease
  name: string
  /** `RELEASE/NAME`: how others name it, whatever its id. */
  fullName: string
  value: WrittenSiteValue
  path: Path
  /** Where the release lives in this environment. */
  namespace: string
}

/** The site values of a release in one environment, by name; those of the environment take the place of its own. */
export const writtenIn = (release: DeclaredRelease, environment: string): Written[] => {
  const { content } = release
  const namespace = setting(content, environment, 'namespace').value ?? content.namespace
  const found = new Map<string, Written>()
  const take = (values: { [name: string]: WrittenSiteValue } | undefined, around: Path): void => {
    for (const [name, value] of Object.entries(values ?? {})) {
      const path = [...around, 'siteValues', name]
      found.set(name, { release, name, fullName: `${release.name}/${name}`, value, path, namespace })
    }
  }
  take(content.siteValues, [])
  take(overlayOf(content, environment).siteValues, ['environments', environment])
  return [...found.values()]
}

/**
 * The names that a release's file gives to site values in any environment, also to those that something is wrong with; undefined where
 * they can't be told.
 */
export const namesWritten = ({ declared: { value } }: DeclaredRelease): string[] | undefined => {
  const overlays = isObject(value['environments']) ? Object.values(value['environments']) : []
  const maps = [value, ...overlays.filter(isObject)].flatMap(({ siteValues = {} }) => [siteValues])
  return maps.every(isObject) ? maps.flatMap(Object.keys) : undefined
}

/** Whether nothing is wrong with the form of any site value in a release's file. */
export const isWhollyRead = (release: DeclaredRelease): boolean => {
  const { siteValues, environments = {} } = release.content
  const read = [siteValues, ...Object.values(environments).map((overlay) => overlay.siteValues)]
  return namesWritten(release)?.length === read.flatMap((values) => Object.keys(values ?? {})).length
}
