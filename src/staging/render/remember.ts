import { sha256 } from '../../core/digest.ts'
import type { ReadFiles } from '../../core/effects/files.ts'
import type { Memory } from '../../core/effects/memory.ts'
import { canonicalJson } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { KubeObject } from '../../core/object.ts'
import { good } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { foundBy } from '../../core/stand-in/answer.ts'
import type { Lookup } from '../../core/stand-in/answer.ts'
import type { Discovered } from '../../core/stand-in/knowledge.ts'
import type { FoundObject } from './read-release.ts'
import type { ReleaseDocuments, Telling } from './render-release.ts'
import { helmValuesOf } from './values.ts'

const digests = new WeakMap<Discovered, string>()
const digestOf = (discovered: Discovered): string => {
  const known = digests.get(discovered) ?? sha256(JSON.stringify(discovered))
  digests.set(discovered, known)
  return known
}

/** What a chart is answered when it looks these up: as long as it is the same, the render is. */
export const answersTo = (lookups: Lookup[] | 'unknown', objects: KubeObject[]): string =>
  sha256(canonicalJson(lookups === 'unknown' ? objects : lookups.map((lookup) => foundBy(objects, lookup))))

const objectsIn = (telling: Telling): KubeObject[] =>
  telling.by === 'server' ? telling.knowledge.objects : []

/** All that decides what a release comes to, save the answers to its lookups. */
export const keyFor = async (
  release: ResolvedRelease,
  kubernetes: string,
  helm: string,
  telling: Telling,
  files: ReadFiles,
): Promise<string> => {
  const values = (await helmValuesOf(release, '', files)).map(async (one) =>
    sha256(one.from === 'text' ? one.text : ((await files.read(one.file)) ?? '')),
  )
  const { name, namespace, renderedAs, siteValues, tokens, resolved } = release
  const told = telling.by === 'list' ? telling.apiVersions : digestOf(telling.knowledge.discovered)
  return JSON.stringify([
    helm,
    kubernetes,
    name,
    namespace,
    renderedAs,
    siteValues,
    tokens,
    resolved,
    await Promise.all(values),
    told,
  ])
}

/** As it lies in memory. */
type Kept = {
  objects: FoundObject[]
  renderedBy: string
  lookups: Lookup[]
  warnings: Problem[]
  answers: string
}

/**
 * What `render` gives for a release, recalled where it was rendered before of the same chart and values by the same helm, and was told
 * the same of the cluster. Failures are not kept. What is there to be recalled waits for `turn`.
 */
export const remembered = async (
  release: ResolvedRelease,
  kubernetes: string,
  telling: Telling,
  { memory, helm, files }: { memory: Memory; helm: { version: string }; files: ReadFiles },
  render: () => Promise<Outcome<ReleaseDocuments>>,
  turn?: Promise<unknown>,
): Promise<Outcome<ReleaseDocuments>> => {
  const key = await keyFor(release, kubernetes, helm.version, telling, files)
  if (memory.holds(key)) await turn
  const kept = (await memory.recall(key)) as Kept | undefined
  if (kept !== undefined && kept.answers === answersTo(kept.lookups, objectsIn(telling))) {
    const { objects, renderedBy, lookups, warnings } = kept
    return good({ release, objects, renderedBy, lookups, kept: memory.digestOf(key) }, warnings)
  }
  const outcome = await render()
  if (outcome.ok) {
    const { objects, renderedBy, lookups } = outcome.value
    const answers = answersTo(lookups, objectsIn(telling))
    const now: Kept = { objects, renderedBy, lookups, warnings: outcome.warnings, answers }
    await memory.keep(key, now as unknown as Json)
    return good({ ...outcome.value, kept: memory.digestOf(key) }, outcome.warnings)
  }
  return outcome
}
