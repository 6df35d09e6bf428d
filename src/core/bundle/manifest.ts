import schema from '../../../schemas/bundle.schema.json' with { type: 'json' }
import { isObject, jsonOf, printJson, sortKeys } from '../json.ts'
import type { Json } from '../json.ts'
import { pathOf } from '../layout.ts'
import { nameOf } from '../object.ts'
import { policyFaults, policyOf } from '../policy.ts'
import { bad, unless } from '../problem.ts'
import type { Outcome, Problem } from '../problem.ts'
import { formatVersion } from './format.ts'
import type { BundledObject, BundleManifest } from './format.ts'
import { manifestPath, objectsFolder, provenancePath, reportPath } from './members.ts'
import { refusalOf } from './refusal.ts'
import type { Refuse } from './refusal.ts'
import { shapeOf } from './shape.ts'
import { siteValueFaults } from './site-values.ts'
import { instantOf } from './time.ts'

const misfitsOf = shapeOf(schema)

/** The member that holds an object. */
export const memberOf = (release: string, { phase, id }: Pick<BundledObject, 'phase' | 'id'>): string =>
  `${objectsFolder}/${release}/${pathOf(phase, id)}`

/** bundle.json: keys sorted, two spaces, one line break at the end. */
export const printManifest = (manifest: BundleManifest): string =>
  `${printJson(sortKeys(manifest as unknown as Json), 2)}\n`

const repeated = (names: string[]): Set<string> => {
  const seen = new Set<string>()
  return new Set(names.filter((name) => seen.size === seen.add(name).size))
}

type Say = (what: string) => void

const checkWaves = ({ releases, waves }: BundleManifest, say: Say): void => {
  const waveOf = new Map(waves.flatMap((names, wave) => names.map((name) => [name, wave] as const)))
  const names = new Set(releases.map(({ name }) => name))
  for (const name of repeated(releases.map((release) => release.name))) say(`release ${name} is in it twice`)
  for (const name of repeated(waves.flat())) say(`release ${name} is in two waves`)
  for (const name of waveOf.keys())
    if (!names.has(name)) say(`a wave names ${name}, and there is no such release`)
  for (const { name, dependsOn } of releases) {
    const wave = waveOf.get(name)
    if (wave === undefined) say(`release ${name} is in no wave`)
    else
      for (const other of dependsOn)
        if ((waveOf.get(other) ?? Infinity) >= wave)
          say(`release ${name} does not come after ${other}, which it depends on`)
  }
}

const checkIndex = ({ releases, members }: BundleManifest, say: Say): void => {
  const paths = members.map(({ path }) => path)
  if (paths.some((path, index) => index > 0 && path <= (paths[index - 1] as string)))
    say('its members are not sorted, or one is there twice')
  const indexed = new Set<string>()
  for (const { name, objects } of releases)
    for (const object of objects) {
      const wanted = memberOf(name, object)
      if (object.member !== wanted)
        say(`${nameOf(object.id)} of ${name} lies in ${object.member} instead of ${wanted}`)
      if (indexed.has(object.member)) say(`${object.member} is the place of two objects`)
      indexed.add(object.member)
    }
  const listed = new Set(paths)
  for (const path of [reportPath, provenancePath, ...indexed])
    if (!listed.has(path)) say(`its members lack ${path}`)
  for (const path of listed)
    if (path.startsWith(`${objectsFolder}/`) && !indexed.has(path)) say(`${path} belongs to no release`)
}

const checkPolicies = ({ releases }: BundleManifest, say: Say): void => {
  for (const release of releases)
    for (const { what } of policyFaults(policyOf(release))) say(`release ${release.name}: ${what}`)
}

const checkWhole = (manifest: BundleManifest, bytes: Uint8Array, refuse: Refuse): Problem[] => {
  const found: Problem[] = []
  const say: Say = (what) =>
    found.push(refuse('bad-manifest', `${manifestPath}: ${what}.`, { member: manifestPath }))
  checkWaves(manifest, say)
  checkIndex(manifest, say)
  checkPolicies(manifest, say)
  for (const what of siteValueFaults(manifest)) say(what)
  if (manifest.notAfter !== null && instantOf(manifest.notAfter) === undefined)
    say(`notAfter "${manifest.notAfter}" is no time`)
  if (manifest.name !== `${manifest.site}-${manifest.environment}`)
    say(`its name is "${manifest.name}" instead of "${manifest.site}-${manifest.environment}"`)
  if (found.length === 0 && !Buffer.from(printManifest(manifest)).equals(bytes))
    say('it is not written as `scout bundle` writes it')
  return found
}

/**
 * Reads bundle.json, once its bytes are known to be signed: of a known format, of its schema, whole in itself (waves,
 * releases, objects and members agree) and in its one canonical form.
 */
export const readManifest = (bytes: Uint8Array, bundle: string): Outcome<BundleManifest> => {
  const refuse = refusalOf(bundle)
  const value = jsonOf(bytes)
  if (!isObject(value))
    return bad([refuse('bad-manifest', `${manifestPath} is no JSON object.`, { member: manifestPath })])
  if (typeof value.format === 'number' && value.format !== formatVersion)
    return bad([
      refuse('unknown-format', `It has format ${value.format}; this program reads format ${formatVersion}.`, {
        member: manifestPath,
        ...(value.format < formatVersion
          ? {
              why: 'It was made by an older scout.',
              fix: 'Bundle again, with the scout of the same release as this program.',
            }
          : { fix: 'Use the scout-apply of the release that built the bundle.' }),
      }),
    ])
  const misfits = misfitsOf(value).map(({ pointer, message }) =>
    refuse('bad-manifest', `${manifestPath}: ${pointer} ${message}.`, { member: manifestPath }),
  )
  const manifest = value as unknown as BundleManifest
  return unless(misfits.length > 0 ? misfits : checkWhole(manifest, bytes, refuse), () => manifest)
}
