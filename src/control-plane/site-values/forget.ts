import type { Live } from '../../core/live.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import { unlessEdited } from '../../core/site-values/store.ts'
import type { Store } from '../../core/site-values/store.ts'
import type { Wanted } from '../../core/wanted.ts'
import { unknownName } from './change.ts'

/** The store without values that nothing uses any more: neither the bundle nor what was applied last. Pure. */
export const withoutValues = (
  { manifest }: Pick<Wanted, 'manifest'>,
  { inventory, store }: Pick<Live, 'inventory' | 'store'>,
  ids: string[],
): Outcome<Store> => {
  const content: Store = store?.content ?? { key: new Uint8Array(), values: new Map() }
  const bundled = new Set(manifest.siteValues.map(({ id }) => id))
  const applied = new Set(inventory?.content.siteValues)
  const inUse = (id: string): Problem[] =>
    bundled.has(id) || applied.has(id)
      ? [
          problem({
            code: 'usage/site-value',
            fault: 'usage',
            what: `The site value ${id} is in use: ${bundled.has(id) ? 'the bundle has it' : 'what was applied last has it'}.`,
            why: 'It would be made anew at the next apply.',
            fix: `To have a new one: scout-apply site-values BUNDLE rotate ${id}`,
          }),
        ]
      : []
  const known = [...content.values.keys(), ...(store?.edited ?? [])]
  const problems = [
    ...ids.flatMap((id) => (known.includes(id) ? inUse(id) : [unknownName(id, known)])),
    ...unlessEdited(
      manifest.name,
      (store?.edited ?? []).filter((id) => !ids.includes(id)),
    ),
  ]
  return problems.length > 0
    ? bad(problems as Problems)
    : good({ ...content, values: new Map(Array.from(content.values).filter(([id]) => !ids.includes(id))) })
}
