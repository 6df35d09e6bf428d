import type { ReadFiles } from '../../core/effects/files.ts'
import { isObject } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import type { Where } from '../../core/problem.ts'
import type { Release } from '../../core/records.ts'
import { readDeclared } from '../../core/yaml/declared.ts'

const has = (value: Json, path: string[]): boolean => {
  const [step, ...rest] = path
  if (step === undefined) return true
  if (Array.isArray(value)) return Number(step) in value && has(value[Number(step)] as Json, rest)
  return isObject(value) && Object.hasOwn(value, step) && has(value[step] as Json, rest)
}

/** A file that sets values, and where in it they begin. */
interface Layer {
  file: string
  root: string[]
}

/** Lowest first. Values of the release's own file come twice: for all environments, then for this one. */
const layersOf = ({ values, environment }: Release): Layer[] => {
  const roots = [['values'], ['environments', environment, 'values']]
  const own = values.filter(({ from }) => from === 'release')
  return values.flatMap((layer) => {
    if (layer.from === 'file') return [{ file: layer.file, root: [] }]
    // Of a single layer nothing says which of the two it is, but only one of them is there.
    const mine = own.length === 2 ? [roots[own.indexOf(layer)]!] : roots
    return mine.map((root) => ({ file: layer.file, root }))
  })
}

/** Where the charts on the way to a value set it themselves: the one at the top over those below it. */
const ownLayers = (directory: string, [chart, ...rest]: string[]): { layer: Layer; path: string[] }[] =>
  chart === undefined
    ? []
    : [
        { layer: { file: `${directory}/values.yaml`, root: [] }, path: [chart, ...rest] },
        ...ownLayers(`${directory}/charts/${chart}`, rest),
      ]

/** Where one file sets a value: the key that names it; undefined where it sets none there, or cannot be read with positions. */
export const placeIn = async (
  { file, root }: Layer,
  path: string[],
  files: ReadFiles,
): Promise<Where | undefined> => {
  const bytes = await files.read(file)
  const declared = bytes && readDeclared(file, bytes).declared
  return declared !== undefined && has(declared.value, [...root, ...path])
    ? declared.at([...root, ...path], 'key')
    : undefined
}

/**
 * Where a value is set: the place in the highest of a release's layers that does, else in the values.yaml of the chart in `directory`, or of a chart below
 * it. Where nothing sets it, that of the nearest part around it; undefined where that is the values as a whole, or where no file can be read with positions.
 */
export const placeOfValue = async (
  release: Release,
  directory: string,
  way: string[],
  files: ReadFiles,
): Promise<Where | undefined> => {
  // What is global to a chart below is set at the top, too.
  const global = way.indexOf('global')
  for (let path = way; path.length > 0; path = path.slice(0, -1)) {
    const layers = layersOf(release).toReversed()
    const wanted = [
      ...layers.map((layer) => ({ layer, path })),
      ...(global > 0 && path.length > global
        ? layers.map((layer) => ({ layer, path: path.slice(global) }))
        : []),
      ...ownLayers(directory, path),
    ]
    for (const one of wanted) {
      const place = await placeIn(one.layer, one.path, files)
      if (place !== undefined) return place
    }
  }
  return undefined
}
