import { hookOf } from '../../core/hook.ts'
import { readObjects } from '../../core/manifest.ts'
import type { ReadFiles } from '../../core/effects/files.ts'
import type { KubeObject } from '../../core/object.ts'
import { all, good } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { withoutStringData } from '../../core/string-data.ts'
import type { ResolvedRelease, SetOf } from '../../core/records.ts'
import { placeholderOf } from '../../core/site-values/placeholder.ts'
import { idOfRead } from '../../core/site-values/recipe.ts'
import { isDeleteOnly, isTestOnly } from './phase.ts'
import type { ReleaseDocuments } from './render-release.ts'
import { placeInScope } from './scope.ts'
import type { Served } from './scope.ts'

/** Every cluster has them. */
const ofEveryCluster = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

const namespacesOf = ({ site, releases }: SetOf<ResolvedRelease>): KubeObject[] =>
  Array.from(new Set([...ofEveryCluster, ...releases.map(({ namespace }) => namespace)])).map((name) => {
    const told = Object.hasOwn(site.namespaces, name) ? site.namespaces[name] : undefined
    const labels = { ...told?.labels, 'kubernetes.io/metadata.name': name }
    return {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels, annotations: told?.annotations ?? {} },
    }
  })

const suppliedOf = ({ releases }: SetOf<ResolvedRelease>): KubeObject[] =>
  releases
    .flatMap(({ supplied }) => supplied)
    .map(({ name, namespace, keys }) => {
      const valueOf = (key: string): string =>
        Buffer.from(placeholderOf(idOfRead({ namespace, secret: name, key }), 'value')).toString('base64')
      const data = Object.fromEntries(keys.map((key) => [key, valueOf(key)]))
      return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'Opaque', data }
    })

/** What is there, set or no set, when the first release is applied: namespaces, and the Secrets that people make. */
export const groundOf = (set: SetOf<ResolvedRelease>): KubeObject[] => [
  ...namespacesOf(set),
  ...suppliedOf(set),
]

/** A release with all that it depends on, near and far. */
export const dependenciesOf = (
  release: ResolvedRelease,
  byName: Map<string, ResolvedRelease>,
): ResolvedRelease[] => {
  const found = new Map<string, ResolvedRelease>()
  const visit = (name: string): void => {
    const one = byName.get(name)
    if (one === undefined || found.has(name)) return
    found.set(name, one)
    one.dependsOn.forEach(visit)
  }
  release.dependsOn.forEach(visit)
  return Array.from(found.values())
}

/** The objects of a release as they will be on the cluster: in their namespaces, without what is not applied with it. */
export const appliedOf = ({ release, objects }: ReleaseDocuments, served: Served): KubeObject[] =>
  objects.flatMap(({ object }) => {
    const hook = hookOf(object)
    if (!hook.ok || isTestOnly(hook.value) || (hook.value && isDeleteOnly(hook.value))) return []
    const placed = placeInScope(object, release.namespace, served)
    // As the server stores it.
    return placed.ok ? [withoutStringData(placed.value)] : []
  })

/** What a release was rendered to the last time, as `rendered/` has it. */
export const lastRenderOf = async (
  release: ResolvedRelease,
  files: ReadFiles,
): Promise<Outcome<KubeObject[]>> => {
  const paths = await files.list(`rendered/${release.environment}/${release.name}`)
  const read = all(
    await Promise.all(paths.map(async (path) => readObjects((await files.readText(path)) ?? '', path))),
  )
  return read.ok ? good(read.value.flat().map(({ object }) => object)) : read
}
