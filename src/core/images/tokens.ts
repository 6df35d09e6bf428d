import { parseReference } from './reference.ts'
import type { ImageReference } from './reference.ts'
import type { IsRegistry } from './registries.ts'

/** A reference inside of a text. */
export interface Token {
  start: number
  end: number
  text: string
  reference: ImageReference
}

const isHostSign = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 45 || code === 46 || code === 58
const isReferenceSign = (code: number): boolean =>
  isHostSign(code) || (code >= 65 && code <= 90) || code === 47 || code === 95 || code === 64

/** A longer run of signs is no reference. */
const longest = 512

/** Where the run of signs of a reference that begins at `start` ends, without what ends a sentence. */
const endOf = (text: string, start: number): number => {
  let end = start
  while (end < text.length && isReferenceSign(text.charCodeAt(end))) end += 1
  // `image:tag.` and `image:tag,` of a sentence, `image:` before a variable.
  while (end > start && /[.:@/_-]/.test(text[end - 1] as string)) end -= 1
  return end
}

/** The scheme in `docker://`, `oci://`: how tools write where an image is. Any other makes it an address. */
const schemes = ['docker', 'oci', 'containers-storage', 'docker-daemon']

/** Whether what stands before a host lets it be the beginning of a reference. */
const mayBegin = (text: string, start: number): boolean => {
  const before = text[start - 1]
  if (before === undefined) return true
  if (before === '/') {
    const scheme = /([a-z-]{1,20}):\/\/$/.exec(text.slice(Math.max(0, start - 24), start))?.[1]
    return scheme !== undefined && schemes.includes(scheme)
  }
  return !/[\w@.%+~$}]/.test(before)
}

/**
 * The references in a text that begin with the host of a known registry and have a tag or a digest. One pass over the slashes of the text;
 * each sign is looked at a few times at most.
 */
export const tokensIn = (text: string, isRegistry: IsRegistry): Token[] => {
  const found: Token[] = []
  let from = 0
  for (let slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', Math.max(slash + 1, from))) {
    let start = slash
    let dotted = false
    while (start > from && slash - start < 256) {
      const code = text.charCodeAt(start - 1)
      if (!isHostSign(code)) break
      dotted ||= code === 46
      start -= 1
    }
    if (!dotted) continue
    // `key:ghcr.io/…` begins after its colon; a port follows its host.
    const written = text.slice(start, slash)
    const colon = written.search(/:(?!\d+$)/)
    if (colon >= 0) start += written.lastIndexOf(':', written.replace(/:\d+$/, '').length) + 1
    const host = text.slice(start, slash)
    if (!isRegistry(host) || !mayBegin(text, start)) continue
    const end = endOf(text, start)
    from = end
    if (end - start > longest) continue
    const token = text.slice(start, end)
    const reference = parseReference(token)
    if ('malformed' in reference) continue
    // What goes on is something else: `repo:tag/file`, `name:${TAG}`.
    if (/^[^\s]?[${%(]/.test(text.slice(end, end + 2)) && /[:@$-]/.test(text[end] ?? '')) continue
    if (reference.tag === undefined && reference.digest === undefined) continue
    found.push({ start, end, text: token, reference })
  }
  return found
}
