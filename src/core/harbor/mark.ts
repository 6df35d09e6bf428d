import { shortDigest } from '../short-digest.ts'

/**
 * How scout knows what it made: endpoints and robots bear a mark in their description, and a project that one can push to has a global label of the
 * mark's name, for Harbor keeps nothing about a project that could hold one. A proxy project is scout's where its endpoint is.
 */
export const markOf = (site: string, name: string): string => `scout:${site}:${name}`

const bracketed = (site: string, name: string): string => `[${markOf(site, name)}]`

/** The description of something that scout makes. */
export const describedFor = (site: string, name: string): string =>
  `Kept by scout for the site ${site}, from releases/site.yaml. ${bracketed(site, name)}`

/** A description with the mark added; what stood there stays. */
export const withMark = (description: string, site: string, name: string): string =>
  `${description}${description === '' ? '' : ' '}${bracketed(site, name)}`

export const isMarked = (description: string, site: string, name: string): boolean =>
  description.includes(bracketed(site, name))

/** Whether it bears any mark of this site. */
export const isOfSite = (description: string, site: string): boolean =>
  description.includes(`[${markOf(site, '')}`)

/** The longest name that Harbor takes for an endpoint. */
const longestName = 64

/** The name of a registry's endpoint: the registry's own, shortened where Harbor would not take it. */
export const endpointNameOf = (registry: string): string =>
  registry.length <= longestName ? registry : `${registry.slice(0, 41)}-${shortDigest(registry)}`
