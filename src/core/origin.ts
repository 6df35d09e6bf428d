import type { Inventory, Origin } from './inventory.ts'

/** Notes where a release came from; `undefined`: it is not there any more. */
export const noteOrigin = (there: Inventory, release: string, origin: Origin | undefined): void => {
  const { [release]: _, ...others } = there.apart ?? {}
  const isApart = origin !== undefined && origin.bundle !== there.bundle
  const apart = isApart ? { ...others, [release]: origin } : others
  if (Object.keys(apart).length > 0) there.apart = apart
  else delete there.apart
}

/** Which bundle a release came from that is there; undefined where it is not. */
export const originOf = (there: Inventory, release: string): Origin | undefined => {
  if (!Object.hasOwn(there.releases, release)) return undefined
  const { apart = {}, bundle, version, sequence } = there
  return Object.hasOwn(apart, release) ? apart[release] : { bundle, version, sequence }
}
