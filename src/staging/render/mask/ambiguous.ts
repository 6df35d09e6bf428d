import { idOf } from '../../../core/object.ts'
import type { KubeObject } from '../../../core/object.ts'
import { pointerOf } from '../../../core/pointer.ts'
import { problem } from '../../../core/problem.ts'
import type { Problem } from '../../../core/problem.ts'
import type { ResolvedRelease } from '../../../core/records.ts'
import { declaredAt } from '../in-release-file.ts'
import { cover } from './cover.ts'
import type { Hidden } from './cover.ts'
import { differencesOf } from './differences.ts'
import { fieldAt, fieldWords } from './field.ts'

/**
 * Different site values that the chart gave one text (two defaults `changeme`), where that text stands elsewhere than at their places: which of
 * them is meant there, nothing says. `placed` are the objects of one render with placeholders at the places alone; `hidden` is what is hidden in it.
 */
export const ambiguousTexts = (release: ResolvedRelease, hidden: Hidden[], placed: KubeObject[]): Problem[] =>
  Array.from(Map.groupBy(hidden, ({ value }) => value).values()).flatMap((rivals) => {
    if (rivals.length < 2) return []
    // Where it matters that the first of them is there, another would have stood as well.
    const others = hidden.filter((one) => one !== rivals[0])
    const found = placed.flatMap((object) =>
      differencesOf(cover(object, hidden), cover(object, others)).map(({ path }) => ({ object, path })),
    )
    if (found.length === 0) return []
    const ids = Array.from(new Set(rivals.map(({ id }) => id))).sort()
    const words = found.map(({ object, path }) => fieldWords(idOf(object), fieldAt(object, path)))
    return [
      problem({
        code: 'render/ambiguous-site-values',
        what: `Release ${release.name}, site values ${ids.join(' and ')}: the chart gives them the same text, and it stands in ${words.join(' and in ')} as well.`,
        where: [
          ...ids.map((id) => declaredAt(release, id)),
          ...found.map(({ object, path }) => ({
            in: 'object' as const,
            object: idOf(object),
            release: release.name,
            pointer: pointerOf(path),
          })),
        ],
        why: 'Nothing says which of them is meant there, and on the clusters they are different.',
        fix: 'Give them different values in the values of the release, or declare the further place for the one that is meant.',
      }),
    ]
  })
