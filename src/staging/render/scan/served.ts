import type { Discovered } from '../../../core/stand-in/knowledge.ts'
import { apiVersionOf } from '../../../core/target.ts'

/**
 * What `.Capabilities.APIVersions.Has` is true for where helm asks a server with this discovery: every version of every group, and
 * in it the kinds of its resources and of their subresources (`v1/Eviction`, `apps/v1/Scale`). Source: `GetVersionSet` of helm's
 * `pkg/action`.
 */
export const servedBy = ({ groups, resources }: Discovered): Set<string> =>
  new Set([
    ...groups.flatMap(({ group, versions }) => versions.map((version) => apiVersionOf({ group, version }))),
    ...resources.flatMap((resource) =>
      [resource, ...resource.subresources].map(({ kind }) => `${apiVersionOf(resource)}/${kind}`),
    ),
  ])
