import { sha256 } from './digest.ts'
import type { FileText } from './effects/files.ts'
import { pathOf } from './layout.ts'
import { anew } from './once.ts'
import type { Once } from './once.ts'
import type { RenderedRelease, SetOf } from './records.ts'
import { writeYaml } from './yaml/write.ts'

/** What `rendered/ENV` holds for a set: each object's canonical text, by `RELEASE/PHASE/NAMESPACE/Kind.group_name.yaml`. `once` gives the digests of a release's objects, one by one. */
export const renderedFilesOf = (
  set: SetOf<RenderedRelease>,
  once: Once<string[]> = anew,
): Map<string, FileText> =>
  new Map(
    set.releases.flatMap((release) => {
      const printed: string[] = []
      const textOf = (index: number): string => (printed[index] ??= writeYaml(release.objects[index]!.object))
      const digests = once(release, () => release.objects.map((_, index) => sha256(textOf(index))))
      return release.objects.map(({ phase, id }, index): [string, FileText] => [
        `${release.name}/${pathOf(phase, id)}`,
        { digest: digests[index]!, text: () => textOf(index) },
      ])
    }),
  )

/** All the texts, by path. */
export const textsOf = (files: Map<string, FileText>): Map<string, string> =>
  new Map(Array.from(files, ([path, { text }]) => [path, text()]))
