import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findImages } from '../../src/core/images/find.ts'
import { parseReference } from '../../src/core/images/reference.ts'
import { isObject } from '../../src/core/json.ts'
import { idOf } from '../../src/core/object.ts'
import type { KubeObject } from '../../src/core/object.ts'
import type { RenderedObject, RenderedRelease, SetOf } from '../../src/core/records.ts'
import { readYaml } from '../../src/core/yaml/read.ts'
import { rewrite } from '../../src/staging/rewrite/rewrite.ts'
import { generatedManifests } from './generate-site.ts'
import { budget, median } from './measure.ts'

const megabytes = 37

/** Manifests of so many MB, read: those of the folder that BENCH_IMAGES names, again and again, else generated ones. */
const objects = async (): Promise<{ read: KubeObject[]; from: string; bytes: number }> => {
  const folder = process.env['BENCH_IMAGES'] ?? '../shared/corpus/rendered'
  const isThere = existsSync(folder)
  const texts = isThere
    ? await Promise.all(
        (await readdir(folder))
          .filter((name) => name.endsWith('.yaml'))
          .map((name) => readFile(join(folder, name), 'utf8')),
      )
    : generatedManifests()
  const read: KubeObject[] = []
  let bytes = 0
  while (bytes < megabytes * 1_000_000)
    for (const text of texts) {
      if (bytes >= megabytes * 1_000_000) break
      const documents = readYaml(text, 'bench')
      if (!documents.ok) throw new Error(documents.problems[0].what)
      for (const { value } of documents.value) if (isObject(value)) read.push(value as KubeObject)
      bytes += text.length
    }
  return { read, from: isThere ? folder : 'generated', bytes }
}

/** Every registry of the manifests has a project, so that nothing is refused. */
const projectsOf = (all: KubeObject[]): { [registry: string]: string } =>
  Object.fromEntries(
    all.flatMap((object) =>
      findImages(object).flatMap(({ text }) => {
        const reference = parseReference(text)
        const registry = 'malformed' in reference ? '' : reference.registry
        return [registry, text.split('/')[0] ?? ''].map((host) => [host, 'proxy'] as const)
      }),
    ),
  )

const setOf = (read: KubeObject[]): SetOf<RenderedRelease> => {
  const rendered = read.map((object): RenderedObject => ({
    id: idOf(object),
    object,
    phase: 'main',
    origin: { template: 'bench.yaml', line: 1 },
  }))
  const images = { harbor: 'harbor.example', mode: 'harbor' as const, projects: projectsOf(read) }
  return {
    site: { images },
    releases: [{ name: 'bench', objects: rendered }],
  } as unknown as SetOf<RenderedRelease>
}

/** Finding and rewriting the images of 37 MB of manifests that have been read. */
export const benchImages = async (rounds: number): Promise<void> => {
  const { read, from, bytes } = await objects()
  const set = setOf(read)
  const seconds: number[] = []
  let found = 0
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    const outcome = rewrite(set)
    seconds.push((performance.now() - start) / 1000)
    if (!outcome.ok) throw new Error(outcome.problems[0].what)
    found = outcome.value.releases[0]?.images.length ?? 0
  }
  console.log(
    `Images: ${(bytes / 1_000_000).toFixed(0)} MB of manifests (${from}), ${read.length} objects, ${found} images; ${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)} s`,
  )
  console.log(budget('finding and rewriting, beyond reading', median(seconds), 1, 's'))
}
