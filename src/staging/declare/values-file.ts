import type { ReadFiles } from '../../core/effects/files.ts'
import type { Memory } from '../../core/effects/memory.ts'
import { isObject } from '../../core/json.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { readYaml } from '../../core/yaml/read.ts'
import { readSource } from '../../core/yaml/source.ts'

/**
 * What helm would say against a values file, with line and column: no YAML, or a document that is no map. Helm merges several documents,
 * takes empty ones, and the last of two equal keys: that is a warning.
 * Source: helm v4 `pkg/chart/common/util/values.go` and `pkg/chart/loader`, LoadValues.
 */
const checkValuesFile = async (file: string, files: ReadFiles): Promise<Problem[]> => {
  const source = readSource(file, (await files.read(file)) ?? new Uint8Array())
  if (!source.ok) return source.problems
  const read = readYaml(source.value.text, file)
  if (!read.ok) return read.problems.map((one) => ({ ...one, why: 'Helm could not read it.' }))
  const notMaps = read.value.filter(({ value }) => value !== null && !isObject(value))
  return [
    ...read.warnings.map((one) => ({ ...one, why: 'Helm takes the last one and ignores the others.' })),
    ...notMaps.map(({ value, line }) => {
      const start = source.value.text.split('\n', line - 1).reduce((sum, text) => sum + text.length + 1, 0)
      return problem({
        code: 'declare/not-a-map',
        what: `${file} is ${Array.isArray(value) ? 'a list' : 'one value'}, not a map of values.`,
        where: [source.value.at([start, start + 1])],
        why: 'Helm could not read it.',
        fix: 'Write keys, such as `replicas: 3`.',
      })
    }),
  ]
}

/** What helm would say against any of these; where that was nothing in an earlier run, they are not read. */
export const checkValuesFiles = async (
  names: string[],
  { files, memory }: { files: ReadFiles; memory: Memory },
): Promise<Problem[]> => {
  const known = await Promise.all(names.map(async (file) => [file, (await files.digest(file)) ?? null]))
  const key = `values files in order ${JSON.stringify(known)}`
  if ((await memory.recall(key)) !== undefined) return []
  const found = (await Promise.all(names.map((file) => checkValuesFile(file, files)))).flat()
  if (found.length === 0) await memory.keep(key, true)
  return found
}
