import { parseReference } from './reference.ts'
import type { ImageReference } from './reference.ts'
import type { IsRegistry } from './registries.ts'

/**
 * What the place says of a string: `image`, its name calls it an image; `repository`, its name calls it a repository, which may be one of
 * code as well; `nothing`.
 */
export type Evidence = 'image' | 'repository' | 'nothing'

/** The reference without its host, where it has none of its own. */
export const hasHost = (text: string, { registry }: ImageReference): boolean =>
  registry === 'docker.io' ? /^(?:index\.)?docker\.io\//.test(text) : text.startsWith(`${registry}/`)

const wordTags = new Set([
  'latest',
  'stable',
  'main',
  'master',
  'edge',
  'nightly',
  'dev',
  'develop',
  'alpine',
])
/** As versions are, and no port: `renderer:8081` is a server. */
const plausibleTag = (tag: string, path: string): boolean =>
  wordTags.has(tag) || (/\d/.test(tag) && (path.includes('/') || !/^(?:80|443|\d{4,5})$/.test(tag)))

const fileName =
  /\.(?:png|jpe?g|gif|svg|webp|ico|ya?ml|json|html?|css|js|ts|txt|md|tar|gz|zip|img|iso|qcow2|sh|py|go)$/i

/** A name that is filled in later is none that can be pulled. */
const isTemplate = (text: string): boolean => /\{\{|\$[({]|%[sv(]/.test(text)

/** Whether a string is an image: B, surely; C, a person has to say; undefined, no. */
export const judge = (text: string, evidence: Evidence, isRegistry: IsRegistry): 'B' | 'C' | undefined => {
  if (text.length > 512 || isTemplate(text)) return undefined
  const reference = parseReference(text)
  if ('malformed' in reference) return undefined
  const { tag, digest, path } = reference
  const explicit = hasHost(text, reference)
  if (explicit && isRegistry(reference.registry))
    return tag !== undefined || digest !== undefined || evidence !== 'nothing' ? 'B' : undefined
  if (evidence !== 'image') return undefined
  if (digest !== undefined) return 'B'
  const written = explicit || text.includes('/') ? path : text
  if (tag !== undefined) return plausibleTag(tag, text.includes('/') ? path : '') ? 'B' : 'C'
  if (!text.includes('/') || fileName.test(written)) return undefined
  return 'C'
}

/** One word in lower case, such as `busybox`, which is an image only where nothing else can be meant. */
export const isBare = (text: string): boolean =>
  /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(text) && text.length < 64
