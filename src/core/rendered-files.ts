import { pathOf } from './layout.ts'
import type { RenderedRelease, SetOf } from './records.ts'
import { writeYaml } from './yaml/write.ts'

/** What `rendered/ENV` holds for a set: each object's canonical text, by `RELEASE/PHASE/NAMESPACE/Kind.group_name.yaml`. */
export const renderedFilesOf = (set: SetOf<RenderedRelease>): Map<string, string> =>
  new Map(
    set.releases.flatMap(({ name, objects }) =>
      objects.map(({ phase, id, object }) => [`${name}/${pathOf(phase, id)}`, writeYaml(object)] as const),
    ),
  )
