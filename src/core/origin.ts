import type { Inventory, Origin } from './inventory.ts'

/** Which bundle a release came from that is there; undefined where it is not. */
export const originOf = (there: Inventory, release: string): Origin | undefined => {
  if (!Object.hasOwn(there.releases, release)) return undefined
  const { apart = {}, bundle, version, sequence } = there
  return Object.hasOwn(apart, release) ? apart[release] : { bundle, version, sequence }
}
