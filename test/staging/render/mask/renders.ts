import type { ExecutionContext } from 'ava'
import { readObjects } from '../../../../src/core/manifest.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { KubeObject, ObjectId } from '../../../../src/core/object.ts'
import type { ResolvedRelease } from '../../../../src/core/records.ts'
import { keptSealed } from '../../../../src/core/site-values/recipe.ts'
import type { Part, Place, Recipe, SiteValue } from '../../../../src/core/site-values/recipe.ts'
import type { FoundObject } from '../../../../src/staging/render/read-release.ts'
import { openHelm } from '../../../../src/system/helm.ts'
import { chartFiles, releaseOf, siteOf, valueOf } from '../../resolve/small-site.ts'

/** A release in the namespace `shop`, called `web`, with these site values. */
export const web = (
  siteValues: SiteValue[] = [],
  changes: Partial<ResolvedRelease> = {},
): ResolvedRelease => ({
  ...releaseOf('web', { siteValues }),
  resolved: { kind: 'chart', directory: 'releases/web/chart', name: 'web', version: '1.0.0', digest: '' },
  ...changes,
})

/** Objects as they are found in helm's output. */
export const found = (...objects: JsonObject[]): FoundObject[] =>
  objects.map((object) => ({
    object: object as KubeObject,
    origin: { template: `web/templates/${(object as KubeObject).kind.toLowerCase()}.yaml`, line: 1 },
  }))

export const base64 = (text: string): string => Buffer.from(text).toString('base64')

export const secret = (name: string, texts: { [key: string]: string }): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, base64(text)])),
})

export const config = (name: string, data: { [key: string]: string }): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

type Around = { part?: Part; after?: string; before?: string }

const at = (
  object: ObjectId,
  field: Place['field'],
  { part = 'value', after = '', before = '' }: Around,
): Place => ({
  object,
  field,
  part,
  after,
  before,
})

export const inSecret = (name: string, key: string, around: Around = {}): Place =>
  at({ group: '', kind: 'Secret', namespace: 'shop', name }, { in: 'secret', key }, around)

export const inObject = (kind: string, name: string, pointer: string, around: Around = {}): Place =>
  at({ group: '', kind, namespace: 'shop', name }, { in: 'object', pointer }, around)

export const password: Recipe = {
  made: 'password',
  length: 12,
  alphabet: 'letters-and-digits',
  base64: false,
}

/** How the release keeps the field of this name sealed. */
export const sealed = (name: string): Recipe => keptSealed('web', 'production', name)

export const siteValue = (name: string, recipe: Recipe, ...places: Place[]): SiteValue => ({
  id: `web/${name}`,
  recipe,
  places,
})

/** Renders a chart given as its files with the real helm, once with each of these values. */
export const renderChart = async (
  t: ExecutionContext,
  files: { [path: string]: string },
  values: JsonObject[],
): Promise<FoundObject[][]> => {
  const root = await siteOf(t, chartFiles('web', files))
  const helm = valueOf(await openHelm(root, '4.1.4'))
  const once = async (given: JsonObject): Promise<FoundObject[]> => {
    const answer = await helm.template({
      release: 'web',
      namespace: 'shop',
      directory: 'releases/web/chart',
      kubernetes: '1.36.0',
      told: { by: 'list', apiVersions: [] },
      upgrade: false,
      values: [{ from: 'text', text: JSON.stringify(given) }],
    })
    if (answer.answer !== 'rendered') throw new Error(JSON.stringify(answer))
    return valueOf(readObjects(answer.text, 'web'))
  }
  return await Promise.all(values.map(once))
}
