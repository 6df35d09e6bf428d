import type { ReadFiles } from '../../../core/effects/files.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Path } from '../../../core/pointer.ts'
import { readSource } from '../../../core/yaml/source.ts'
import { overlayOf } from '../overlay.ts'
import { fromRoot } from '../release.ts'
import type { DeclaredRelease } from '../release.ts'
import { tokensOfFile, tokensOfValues } from './tokens.ts'
import type { FoundToken } from './tokens.ts'

const isManifest = (path: string): boolean => /(?:^|\/)[^./][^/]*\.(?:ya?ml|json)$/.test(path)

/**
 * Finds the tokens of a release in one environment: in its values files, its values and its manifests. Each file is read once, however many
 * name it; what is not in `named`, the paths that are there, is not looked at.
 */
export const tokenFinder = (
  files: ReadFiles,
  named: Set<string>,
): ((release: DeclaredRelease, environment: string) => Promise<FoundToken[]>) => {
  const known = new Map<string, Promise<FoundToken[]>>()

  const read = async (file: string): Promise<FoundToken[]> => {
    const source = readSource(file, (await files.read(file)) ?? new Uint8Array())
    return source.ok ? tokensOfFile(source.value) : []
  }
  const ofFile = (file: string): Promise<FoundToken[]> => {
    const found = known.get(file) ?? read(file)
    known.set(file, found)
    return found
  }
  const ofManifests = async (path: string): Promise<FoundToken[]> => {
    const below = await files.list(path)
    const listed = below.length > 0 ? below.filter(isManifest) : [path]
    return (await Promise.all(listed.map(ofFile))).flat()
  }

  return async ({ folder, content, declared }, environment) => {
    const layers: [layer: typeof content | ReturnType<typeof overlayOf>, path: Path][] = [
      [content, []],
      [overlayOf(content, environment), ['environments', environment]],
    ]
    const there = (paths: string[] = []): string[] =>
      paths.map((path) => fromRoot(folder, path)).filter((path) => named.has(path))
    const found = await Promise.all([
      ...there(content.manifests).map(ofManifests),
      ...layers.flatMap(([{ valuesFiles }]) => there(valuesFiles).map(ofFile)),
    ])
    const values = layers.flatMap(([layer, path]) =>
      tokensOfValues((layer.values ?? {}) as JsonObject, [...path, 'values'], declared),
    )
    return [...found.flat(), ...values]
  }
}
