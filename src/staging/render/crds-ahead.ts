import { isObject } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { readObjects } from '../../core/manifest.ts'
import { idOf, isCrd } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import type { Target } from '../../core/target.ts'
import type { RenderSystem } from './read-release.ts'
import { keyFor } from './remember.ts'
import { readUnmasked } from './render-release.ts'
import type { Telling } from './render-release.ts'
import type { Salting } from './salting.ts'
import type { ScanSystem } from './scan-release.ts'
import type { ChartScan } from './scan/scan-chart.ts'

/** What discovery tells of a CRD, and no more of it: the rest is not known to be the same at each render. */
const outlineOf = ({ apiVersion, kind, metadata, spec }: KubeObject): KubeObject => {
  const { group, scope, names, versions } = isObject(spec) ? spec : ({} as JsonObject)
  const outlined = (version: Json): Json => {
    if (!isObject(version)) return version
    const { name, served, storage, subresources } = version
    return { name: name!, served: served!, storage: storage!, ...(subresources && { subresources }) }
  }
  const told = { group: group!, scope: scope!, names: names! }
  return {
    apiVersion,
    kind,
    metadata: { name: metadata.name },
    spec: { ...told, versions: Array.isArray(versions) ? versions.map(outlined) : null },
  }
}

const crdsAmong = (objects: KubeObject[]): KubeObject[] =>
  objects.filter((object) => isCrd(idOf(object))).map(outlineOf)

/** The CRDs of a chart that brings them in its own `crds/` alone, read without rendering it. Undefined where only a render can tell. */
export const crdsInFolder = async (
  { resolved }: ResolvedRelease,
  { crds }: ChartScan,
  { files, memory }: ScanSystem,
): Promise<KubeObject[] | undefined> => {
  // A chart below it may be switched off.
  if (resolved.kind !== 'chart' || crds?.every((path) => path.startsWith('crds/')) !== true) return undefined
  const key = `crds in the folder of ${resolved.digest}`
  const known = (await memory.recall(key)) as KubeObject[] | undefined
  if (known !== undefined) return known
  const found: KubeObject[] = []
  for (const path of crds) {
    const file = `${resolved.directory}/${path}`
    const read = readObjects((await files.readText(file)) ?? '', file)
    // Helm may refuse it, or tell it better.
    if (!read.ok) return undefined
    found.push(...crdsAmong(read.value.map(({ object }) => object)))
  }
  await memory.keep(key, found)
  return found
}

/** The CRDs that a release comes to when it is told so, found by a render that is good for nothing else; none where it fails. */
export const crdsInDraft = async (
  release: ResolvedRelease,
  target: Target,
  telling: Telling & { by: 'list' },
  system: RenderSystem & { salting: Salting },
): Promise<KubeObject[]> => {
  const key = `crds ${await keyFor(release, target.kubernetes, system.helm.version, telling, system.files)}`
  const known = (await system.memory.recall(key)) as KubeObject[] | undefined
  if (known !== undefined) return known
  const read = await readUnmasked(release, target, telling, '', system)
  if (!read.ok) return []
  const crds = crdsAmong(read.value.objects.map(({ object }) => object))
  await system.memory.keep(key, crds)
  return crds
}
