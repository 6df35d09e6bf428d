import { isObject } from '../../json.ts'
import type { Json, JsonObject } from '../../json.ts'
import type { Path } from '../../pointer.ts'
import { none } from '../finder.ts'
import type { Finder, Hit, HitPart } from '../finder.ts'
import { hasHost } from '../judge.ts'
import { compose } from '../map-parts.ts'
import { parseReference } from '../reference.ts'
import type { IsRegistry } from '../registries.ts'

/** `trivy.repository`, `WORKER_CONTAINER_TAG`, `controllerImageVersion`: what comes before, and the part of a reference that it is. */
const partName = /^(.{1,200}?)[._-]*(registry|repository|repo|image|tag|version|digest)$/i

const roles: { [name: string]: HitPart['role'] } = {
  registry: 'registry',
  repository: 'repository',
  repo: 'repository',
  image: 'name',
  tag: 'tag',
  version: 'tag',
  digest: 'digest',
}

interface Named {
  name: string
  text: string
  at: Path
}

const order: HitPart['role'][] = ['registry', 'repository', 'name', 'tag', 'digest']

/** The references whose parts have names that begin alike. */
const among = (fields: Named[], isRegistry: IsRegistry): Hit[] => {
  const groups = new Map<string, HitPart[]>()
  for (const { name, text, at } of fields) {
    const [, before = '', word = ''] = partName.exec(name) ?? []
    const role = roles[word.toLowerCase()]
    if (role === undefined) continue
    // `controllerImage` and `controllerImageVersion` begin alike, but for the word itself.
    const prefix = before.replace(/[._-]*image$/i, '').toLowerCase()
    const group = groups.get(prefix) ?? []
    if (!group.some((part) => part.role === role)) group.push({ role, at, text })
    groups.set(prefix, group)
  }
  return [...groups].flatMap(([prefix, group]) => {
    const parts = group.toSorted((a, b) => order.indexOf(a.role) - order.indexOf(b.role))
    const has = (role: HitPart['role']): boolean => parts.some((part) => part.role === role)
    if (!(has('tag') || has('digest')) || !(has('repository') || has('name'))) return []
    // A whole reference in one of them.
    if (parts.some(({ role, text }) => role !== 'digest' && /[:@]/.test(text))) return []
    const whole = compose(parts)
    const reference = whole && parseReference(whole.text)
    if (whole === undefined || reference === undefined || 'malformed' in reference) return []
    const known = hasHost(whole.text, reference) && isRegistry(reference.registry)
    const called = has('name') || /image|container$/.test(prefix)
    return known || (called && whole.text.includes('/'))
      ? [{ form: 'map', whole, parts: parts as Hit['parts'] }]
      : []
  })
}

const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

const inList = (list: Json[], at: Path): Named[] =>
  list.flatMap((item, index) =>
    isObject(item) && textIn(item['name']) !== '' && textIn(item['value']) !== ''
      ? [{ name: textIn(item['name']), text: textIn(item['value']), at: [...at, index, 'value'] }]
      : [],
  )

const isCandidate = (map: JsonObject): boolean => {
  for (const key in map) if (key.length > 3 && /(?:repository|repo|image)$/i.test(key)) return true
  return false
}

/** References in several fields whose names begin alike: `X_REPOSITORY` and `X_TAG` of variables, `x.repository` and `x.tag` of a ConfigMap. */
export const flatMap: Finder = {
  id: 'flat-map',
  tier: 'B',
  finds:
    'references in several variables, keys or fields whose names begin alike: X_REPOSITORY and X_TAG, x.repository and x.tag, xImage and xImageVersion',
  inMap: (map, { isRegistry }) => {
    const env = map['env']
    const found = Array.isArray(env) ? among(inList(env, ['env']), isRegistry) : none
    if (!isCandidate(map)) return found
    const fields = Object.entries(map).flatMap(([name, value]): Named[] => {
      const text = typeof value === 'number' ? String(value) : textIn(value)
      return text === '' || text.length > 300 ? [] : [{ name, text, at: [name] }]
    })
    return [...found, ...among(fields, isRegistry)]
  },
}
