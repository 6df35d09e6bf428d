import type { FoundImage, Part } from '../../core/images/found.ts'
import { parseReference, printReference } from '../../core/images/reference.ts'
import { good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { ImageEdit, Site } from '../../core/records.ts'
import type { DigestOf } from '../../core/registry/lock.ts'
import { harborName, inHarbor, malformed, pinnedName } from './harbor-name.ts'

/** What a found image becomes, and the changes that make it so. */
export interface Rewriting {
  rewritten: string
  edits: ImageEdit[]
}

const edit = ({ path, span, base64, text }: Part, to: string): ImageEdit[] =>
  text === to ? [] : [{ path, ...(base64 && { base64 }), at: span?.[0] ?? 0, from: text, to }]

const nothing: DigestOf = () => undefined

/** A whole reference in a field of its own may be pinned; what somebody else takes apart may not. */
const isPinnable = ({ tier, form, parts }: FoundImage): boolean =>
  form === 'reference' && tier !== 'C' && parts[0].span === undefined && parts[0].base64 === undefined

/** `docker.elastic.co`, `quay.io/org`: the host, and what follows it. */
const splitRegistry = (text: string): { registry: string; path: string } => {
  const plain = text.replace(/\/+$/, '')
  const slash = plain.indexOf('/')
  return slash < 0
    ? { registry: plain, path: '' }
    : { registry: plain.slice(0, slash), path: plain.slice(slash + 1) }
}

const ofRegistry = (found: FoundImage, images: Site['images']): Outcome<Rewriting> => {
  const named = splitRegistry(found.text)
  const place = inHarbor(found.text, named, images)
  if (!place.ok) return place
  if (place.value.already || images.mode === 'mirror') return good({ rewritten: found.text, edits: [] })
  const { harbor, project } = place.value
  const rewritten = `${harbor}/${project}${named.path === '' ? '' : `/${named.path}`}`
  return good({ rewritten, edits: edit(found.parts[0], rewritten) })
}

/**
 * The operator puts registry, repository and name together with slashes. A registry that is a host alone becomes Harbor's host, and the
 * project goes before the repository, so that fields which several images share stay right for all of them.
 */
const ofMap = (found: FoundImage, images: Site['images']): Outcome<Rewriting> => {
  const reference = parseReference(found.text)
  if ('malformed' in reference) return malformed(found.text, reference.malformed)
  const place = inHarbor(found.text, reference, images)
  if (!place.ok) return place
  if (place.value.already || images.mode === 'mirror') return good({ rewritten: found.text, edits: [] })
  const { harbor, project } = place.value
  const rewritten = printReference({ ...reference, registry: harbor, path: `${project}/${reference.path}` })
  const [first, second] = found.parts.filter(({ role }) => ['registry', 'repository', 'name'].includes(role))
  if (first === undefined) return good({ rewritten, edits: [] })
  const trimmed = first.text.replace(/\/+$/, '')
  const isHosted =
    found.text.startsWith('docker.io/') ||
    found.text.startsWith('index.docker.io/') ||
    reference.registry !== 'docker.io'
  const { path: afterHost } = isHosted ? splitRegistry(trimmed) : { path: trimmed }
  const whole = (isHosted ? found.text.slice(found.text.indexOf('/') + 1) : found.text).split(/[:@]/)[0] ?? ''
  const library = reference.registry === 'docker.io' && !whole.includes('/') ? 'library/' : ''
  if (isHosted && afterHost === '' && second !== undefined)
    return good({
      rewritten,
      edits: [...edit(first, harbor), ...edit(second, `${project}/${library}${second.text}`)],
    })
  return good({ rewritten, edits: edit(first, `${harbor}/${project}/${library}${afterHost}`) })
}

/**
 * What becomes of a found image at a site. Refuses what is malformed and what comes from a registry without a project. `digestOf` gives
 * the digest to pin a reference to.
 */
export const rewriting = (
  found: FoundImage,
  images: Site['images'],
  digestOf: DigestOf = nothing,
): Outcome<Rewriting> => {
  if (found.form === 'registry') return ofRegistry(found, images)
  if (found.form === 'map') return ofMap(found, images)
  const pin = isPinnable(found) ? digestOf : nothing
  const name = harborName(found.text, images, pin)
  if (!name.ok) return name
  const rewritten = images.mode === 'mirror' ? pinnedName(found.text, pin) : name.value
  return good({ rewritten, edits: edit(found.parts[0], rewritten) })
}
