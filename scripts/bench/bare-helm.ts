import { execa } from 'execa'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readObjects } from '../../src/core/manifest.ts'
import { idOf, isCrd } from '../../src/core/object.ts'
import type { ResolvedRelease } from '../../src/core/records.ts'
import { apiVersionOf, kindsOfCrd } from '../../src/core/target.ts'
import { openFiles } from '../../src/system/files.ts'
import { cores } from './programs.ts'

/** One line of `helm template`, as people write it. */
export type HelmLine = { name: string; args: string[] }

/** The API versions that people would have to find out and to name: those of all CRDs in `rendered/` of a site. */
export const apiVersionsOf = async (site: string): Promise<string[]> => {
  const files = openFiles(site)
  const found = await Promise.all(
    (await files.list('rendered')).map(async (path) => {
      if (!path.includes('CustomResourceDefinition')) return []
      const read = readObjects((await files.readText(path)) ?? '', path)
      return read.ok ? read.value.map(({ object }) => object) : []
    }),
  )
  const kinds = found
    .flat()
    .filter((object) => isCrd(idOf(object)))
    .flatMap(kindsOfCrd)
  return Array.from(
    new Set(kinds.flatMap((kind) => [apiVersionOf(kind), `${apiVersionOf(kind)}/${kind.kind}`])),
  )
}

/** What renders these releases of the site without scout; values that lie in no file are put beside the site first. */
export const helmLines = (
  site: string,
  releases: ResolvedRelease[],
  apiVersions: string[],
  kubernetes: string,
): Promise<HelmLine[]> =>
  Promise.all(
    releases.flatMap(({ name, namespace, values, resolved }) => {
      if (resolved.kind !== 'chart') return []
      const line = async (): Promise<HelmLine> => {
        const files = await Promise.all(
          values.map(async (layer, index) => {
            if (layer.from === 'file') return layer.file
            const file = `${name}-values-${index}.json`
            await writeFile(join(site, file), JSON.stringify(layer.values))
            return file
          }),
        )
        const args = [
          'template',
          name,
          resolved.directory,
          `--namespace=${namespace}`,
          '--include-crds',
          `--kube-version=${kubernetes}`,
          ...files.map((file) => `--values=${file}`),
          ...(apiVersions.length > 0 ? [`--api-versions=${apiVersions.join(',')}`] : []),
        ]
        return { name, args }
      }
      return [line()]
    }),
  )

/** Runs the lines, as many at once as there are cores; what helm prints goes nowhere. */
export const runBare = async (helm: string, site: string, lines: HelmLine[]): Promise<void> => {
  const waiting = [...lines]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      await execa(helm, next.args, { cwd: site, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' })
  }
  await Promise.all(Array.from({ length: cores }, worker))
}
