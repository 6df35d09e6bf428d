import { isObject } from '../../json.ts'
import { keyOf, none } from '../finder.ts'
import type { Finder, Hit } from '../finder.ts'
import type { Evidence } from '../judge.ts'
import { bareSuspect, listed } from '../listed.ts'
import type { IsRegistry } from '../registries.ts'
import type { Path } from '../../pointer.ts'

const isImage = /image/i
const isOther =
  /pull|policy|secret|passw|token|credential|auth|user|tag$|version|(?:^|[_.-])(?:path|dir|file|id|size|port|host|server|addr(?:ess)?|digest)$/i
const isRepository = /(?:repository|repositories|repo)$/i

const evidenceOf = (name: string): Evidence => {
  if (isImage.test(name) && !isOther.test(name.replace(/image/gi, ''))) return 'image'
  return isRepository.test(name) ? 'repository' : 'nothing'
}

/** The images of a value that has a name: of a variable, a key of a ConfigMap, an annotation. */
const inNamed = (name: string, value: string, at: Path, isRegistry: IsRegistry): Hit[] => {
  const evidence = evidenceOf(name)
  // Most values are neither.
  if (evidence === 'nothing' && !value.includes('/')) return none
  const found = listed(value, evidence, isRegistry, at)
  if (found.length > 0 || evidence !== 'image' || !/(?:image|name)$/i.test(name)) return found
  return bareSuspect(value, at)
}

/** Environment variables, in lists of `name` and `value`. */
export const env: Finder = {
  id: 'env',
  tier: 'B',
  finds:
    'environment variables whose name contains IMAGE, or whose whole value is a reference of a known registry; also lists (`a,b`, lines `4.2.0=quay.io/…`)',
  inMap: (map, { isRegistry }) => {
    const { name, value } = map
    return typeof name === 'string' && typeof value === 'string' && value !== ''
      ? inNamed(name, value, ['value'], isRegistry)
      : none
  },
}

/** Keys of ConfigMaps and Secrets that become variables, and annotations. */
export const namedText: Finder = {
  id: 'named-text',
  tier: 'B',
  finds: 'keys of ConfigMaps and Secrets, and annotations, by the same rules as environment variables',
  inMap: (map, here) => {
    const { scope, kind, group, path, isRegistry } = here
    const key = keyOf(here)
    const isData =
      scope === 'object' &&
      group === '' &&
      (kind === 'ConfigMap' || kind === 'Secret') &&
      path.length === 1 &&
      (key === 'data' || key === 'stringData')
    if (!isData && key !== 'annotations') return none
    let found: Hit[] | undefined
    for (const name in map) {
      const value = map[name]
      if (typeof value !== 'string' || isObject(value)) continue
      // The part before the slash is a domain.
      const hits = inNamed(name.slice(name.indexOf('/') + 1), value, [name], isRegistry)
      if (hits.length > 0) (found ??= []).push(...hits)
    }
    return found ?? none
  },
}
