import type { BundledRelease, BundleManifest } from '../../core/bundle/format.ts'
import { memberOf } from '../../core/bundle/manifest.ts'
import { isUsual } from '../../core/policy.ts'
import type { SetOf, ValidatedRelease } from '../../core/records.ts'

/** What bundle.json says of one release. */
export const indexOf = (release: ValidatedRelease): BundledRelease => ({
  name: release.name,
  namespace: release.namespace,
  dependsOn: release.dependsOn,
  timeoutSeconds: release.timeoutSeconds,
  supplied: release.supplied,
  chart:
    release.resolved.kind === 'chart'
      ? { name: release.resolved.name, version: release.resolved.version, digest: release.resolved.digest }
      : null,
  helm: release.resolved.kind === 'chart' ? release.renderedBy : null,
  ...(isUsual(release.policy) ? {} : { policy: release.policy }),
  objects: release.objects
    .map(({ id, phase, hook }) => ({
      id,
      phase,
      ...(hook === undefined ? {} : { hook }),
      member: memberOf(release.name, { phase, id }),
    }))
    .sort((a, b) => (a.member < b.member ? -1 : 1)),
})

/** Every image of the set once, sorted: those that were found, and those that are declared. */
export const imagesOf = ({ releases }: SetOf<ValidatedRelease>): BundleManifest['images'] => {
  const uses = releases.flatMap(({ images, declaredImages = [] }) => [
    // Of the others only an operator knows what they are.
    ...images.filter(({ reference }) => reference !== undefined),
    ...declaredImages,
  ])
  const pairs = new Map(
    uses.map(({ original, rewritten }) => [`${original} ${rewritten}`, { original, rewritten }]),
  )
  return [...pairs.keys()].sort().map((key) => pairs.get(key) as { original: string; rewritten: string })
}

/**
 * The namespaces to make first: every release's own, and those that the site declares and an object of the set lives in.
 * Others, such as kube-system, are the cluster's.
 */
export const namespacesOf = ({ site, releases }: SetOf<ValidatedRelease>): BundleManifest['namespaces'] => {
  const own = releases.map(({ namespace }) => namespace)
  const used = releases.flatMap(({ objects }) => objects.map(({ id }) => id.namespace))
  const declared = used.filter((name) => Object.hasOwn(site.namespaces, name))
  return Object.fromEntries(
    [...new Set([...own, ...declared])].sort().map((name) => {
      const told = Object.hasOwn(site.namespaces, name) ? site.namespaces[name] : undefined
      return [name, { labels: told?.labels ?? {}, annotations: told?.annotations ?? {} }]
    }),
  )
}
