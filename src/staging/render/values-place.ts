import type { ReadFiles } from '../../core/effects/files.ts'
import { isObject } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { Where } from '../../core/problem.ts'
import type { Release } from '../../core/records.ts'
import { readDeclared } from '../../core/yaml/declared.ts'
import type { DeclaredFile } from '../../core/yaml/declared.ts'

const has = (value: Json, path: string[]): boolean => {
  const [step, ...rest] = path
  if (step === undefined) return true
  if (Array.isArray(value)) return Number(step) in value && has(value[Number(step)] as Json, rest)
  return isObject(value) && Object.hasOwn(value, step) && has(value[step] as Json, rest)
}

/** Where the values of a release's own file begin: what an environment adds comes over the rest. */
const rootsIn = (environment: string): string[][] => [['environments', environment, 'values'], ['values']]

/**
 * Where a release sets a value: the place in the highest of its layers that does; undefined where none does, so that the chart's own default
 * counts, or where a file cannot be read with positions.
 */
export const placeOfValue = async (
  release: Release,
  path: string[],
  files: ReadFiles,
): Promise<Where | undefined> => {
  for (const { from, file } of release.values.toReversed()) {
    const bytes = await files.read(file)
    const declared: DeclaredFile | undefined = bytes && readDeclared(file, bytes).declared
    const roots = from === 'file' ? [[]] : rootsIn(release.environment)
    for (const root of declared === undefined ? [] : roots)
      if (path.length > 0 && has(declared?.value ?? null, [...root, ...path]))
        return declared?.at([...root, ...path])
  }
  return undefined
}
