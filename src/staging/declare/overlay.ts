import type { Overlay, ReleaseFile } from '../../core/declared.generated.ts'
import type { Path } from '../../core/pointer.ts'

/** The keys that an environment replaces; valuesFiles, values and siteValues are added to instead. */
type Replaced = Omit<Overlay, 'valuesFiles' | 'values' | 'siteValues'>

/** What an environment says of a release; nothing, where it says nothing. */
export const overlayOf = (release: ReleaseFile, environment: string): Overlay =>
  Object.hasOwn(release.environments ?? {}, environment) ? (release.environments?.[environment] ?? {}) : {}

/** A setting as it is in one environment, and the place in the file that says so. */
export const setting = <K extends keyof Replaced>(
  release: ReleaseFile,
  environment: string,
  key: K,
): { value: ReleaseFile[K]; path: Path } => {
  const value = overlayOf(release, environment)[key]
  return value === undefined
    ? { value: release[key], path: [key] }
    : { value: value as ReleaseFile[K], path: ['environments', environment, key] }
}

/** The places of a key, in the release itself and in each of its environments, that are written. */
export const everywhere = <K extends keyof Overlay>(
  release: ReleaseFile,
  key: K,
): { value: NonNullable<Overlay[K]>; path: Path }[] => {
  const own = { value: release[key], path: [key] as Path }
  const others = Object.entries(release.environments ?? {}).map(([name, overlay]) => ({
    value: overlay[key],
    path: ['environments', name, key] as Path,
  }))
  return [own, ...others].flatMap(({ value, path }) =>
    value === undefined ? [] : [{ value: value as NonNullable<Overlay[K]>, path }],
  )
}
