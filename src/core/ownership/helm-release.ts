import type { Live } from '../live.ts'
import { annotationOf } from '../metadata.ts'
import { isNamespace } from '../namespaces.ts'
import { keyOf, nameOf } from '../object.ts'
import type { KubeObject } from '../object.ts'
import { problem } from '../problem.ts'
import type { Problem } from '../problem.ts'
import { objectsOf } from '../wanted.ts'
import type { Wanted } from '../wanted.ts'

/** A release as Helm knows it. */
export interface HelmRelease {
  name: string
  namespace: string
}

const releaseName = 'meta.helm.sh/release-name'

/** The Helm release that an object says it belongs to (helm v3 and v4 `pkg/action/validate.go`). */
export const helmReleaseOf = (object: KubeObject): HelmRelease | undefined => {
  const name = annotationOf(object, releaseName)
  const namespace = annotationOf(object, 'meta.helm.sh/release-namespace')
  return name === undefined || name === '' ? undefined : { name, namespace: namespace ?? '' }
}

/**
 * Objects that are wanted, not ours yet, and say that they belong to another Helm release than the one of their release's name and
 * namespace: whoever runs that release would miss them.
 */
export const ofOtherHelmReleases = ({ releases }: Wanted, live: Live): Problem[] =>
  releases.flatMap((release) =>
    objectsOf(release).flatMap((one): Problem[] => {
      const there = live.others.get(keyOf(one.id))
      const owner = there && helmReleaseOf(there)
      if (owner === undefined || one.hook || isNamespace(one.id)) return []
      if (owner.name === release.name && owner.namespace === release.namespace) return []
      return [
        problem({
          code: 'plan/other-helm-release',
          fault: 'world',
          what: `${nameOf(one.id)} belongs to the Helm release ${owner.namespace}/${owner.name}, and release ${release.name} (${release.namespace}) wants it.`,
          where: [{ in: 'object', object: one.id, release: release.name }],
          why: 'The other release would lose it, or take it back.',
          fix: `If it is the same software under another name: scout-apply adopt BUNDLE ${release.name}=${owner.name}. If that release is gone: kubectl annotate${one.id.namespace === '' ? '' : ` -n ${one.id.namespace}`} ${one.id.kind.toLowerCase()} ${one.id.name} ${releaseName}-`,
        }),
      ]
    }),
  )
