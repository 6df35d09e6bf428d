import type { Json, JsonObject } from '../json.ts'
import type { Path } from '../pointer.ts'
import type { Hit, HitPart } from './finder.ts'
import type { Role } from './found.ts'
import { hasHost } from './judge.ts'
import { parseReference, printReference } from './reference.ts'
import type { IsRegistry } from './registries.ts'

/** The names that charts and operators give the parts of a reference, the commonest first. */
const names: { [role in Exclude<Role, 'reference'>]: string[] } = {
  registry: ['registry', 'imageRegistry', 'image_registry', 'hub'],
  repository: ['repository', 'imageRepository', 'image_repository', 'repo'],
  name: ['image', 'imageName', 'image_name', 'name'],
  tag: ['tag', 'imageTag', 'image_tag', 'version', 'imageVersion'],
  digest: ['digest', 'imageDigest', 'sha'],
  suffix: ['suffix'],
}

const textOf = (value: Json | undefined): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' ? String(value) : undefined
}

const partOf = (map: JsonObject, role: keyof typeof names, at: Path): HitPart | undefined => {
  for (const key of names[role]) {
    const text = Object.hasOwn(map, key) ? textOf(map[key]) : undefined
    if (text !== undefined) return { role, at: [...at, key], text }
  }
  return undefined
}

const isLike = (text: string): boolean => text.length <= 255 && /^[\w./:@-]+$/.test(text)

/** The parts in the order in which they make a reference; undefined where they make none. */
export const compose = (parts: HitPart[]): { text: string; reference?: string } | undefined => {
  const of = (role: Role): string | undefined => parts.find((part) => part.role === role)?.text
  const path = [of('registry'), of('repository'), of('name')].filter((text) => text !== undefined)
  if (path.length === 0 || !path.every(isLike)) return undefined
  const tag = of('tag')
  const digest = of('digest')
  const base = path.map((text) => text.replace(/^\/+|\/+$/g, '')).join('/')
  const known = tag !== undefined || digest !== undefined
  const suffix = tag === undefined ? '' : (of('suffix') ?? '')
  const fullDigest = digest === undefined ? '' : `@${digest.includes(':') ? digest : `sha256:${digest}`}`
  const text = `${base}${tag === undefined ? '' : `:${tag}${suffix}`}${fullDigest}`
  const reference = parseReference(text)
  if ('malformed' in reference) return undefined
  return { text, ...(known && { reference: printReference(reference) }) }
}

/** All parts that the fields of a map say, in their order; `inherited` is the map, and the way to it, that says what this one leaves out. */
const partsOf = (map: JsonObject, withName: boolean, inherited?: { map: JsonObject; at: Path }): HitPart[] =>
  (['registry', 'repository', 'name', 'tag', 'digest', 'suffix'] as const).flatMap((role) => {
    const own = partOf(map, role, [])
    const usable = own?.at.at(-1) === 'name' && !withName ? undefined : own
    return usable ?? (inherited && role !== 'name' ? (partOf(inherited.map, role, inherited.at) ?? []) : [])
  })

/** The hit of parts that make a reference; undefined where they make none. */
const hitOf = (parts: HitPart[]): Hit | undefined => {
  const whole = compose(parts)
  return whole && { form: 'map', whole, parts: parts as Hit['parts'] }
}

/** The reference of a map that a rule calls one. */
export const mapOfRule = (map: JsonObject, inherited?: { map: JsonObject; at: Path }): Hit | undefined => {
  const parts = partsOf(map, true, inherited)
  // A name alone, without the registry that it was to inherit.
  return parts.some(({ role }) => role === 'registry' || role === 'repository') ? hitOf(parts) : undefined
}

const mayBePart = [
  'registry',
  'repository',
  'image',
  'hub',
  'imageRepository',
  'image_repository',
  'imageRegistry',
]
const pulls = ['pullPolicy', 'imagePullPolicy', 'pullSecrets', 'imagePullSecrets']

/**
 * The reference that the fields of a map make, or undefined. `key` is what the map itself is called. A map of a repository and a version may
 * be a chart's; so a known registry, or something that is called image, has to say that it is an image.
 */
export const mapHit = (map: JsonObject, key: string, isRegistry: IsRegistry): Hit | undefined => {
  const inImage = /image/i.test(key)
  if (!inImage && !mayBePart.some((name) => Object.hasOwn(map, name))) return undefined
  const of = (role: keyof typeof names): HitPart | undefined => partOf(map, role, [])
  const [registry, repository] = [of('registry'), of('repository')]
  // What is called `name` is a part where nothing else could be: a release's name may stand beside an image's repository.
  const withName =
    registry !== undefined && repository !== undefined ? inImage : inImage && repository === undefined
  const parts = partsOf(map, withName)
  const roles = new Set(parts.map(({ role }) => role))
  const name = parts.find(({ role }) => role === 'name')
  // A whole reference in one field.
  if (name !== undefined && /[:@]/.test(name.text)) return undefined
  const versioned = roles.has('tag') || roles.has('digest')
  const path = parts.filter(({ role }) => role === 'registry' || role === 'repository' || role === 'name')
  const pulled = pulls.some((one) => Object.hasOwn(map, one))
  if (path.length === 0 || (path.length === 1 && roles.has('registry'))) return undefined
  const hit = hitOf(parts)
  if (hit?.whole === undefined) return undefined
  const reference = parseReference(hit.whole.text)
  if ('malformed' in reference) return undefined
  const isKnown = hasHost(hit.whole.text, reference) && isRegistry(reference.registry)
  // One field, and no version: the operator has one of its own.
  if (path.length === 1 && !versioned) return isKnown && (inImage || pulled) ? hit : undefined
  if (isKnown) return hit
  const called =
    inImage || (versioned && name?.at[0] === 'image') || /^image/i.test(String(repository?.at[0] ?? ''))
  return (called && versioned) || pulled ? hit : undefined
}
