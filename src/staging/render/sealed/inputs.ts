import { sha256 } from '../../../core/digest.ts'
import type { ReadFiles } from '../../../core/effects/files.ts'
import { canonicalJson, isObject } from '../../../core/json.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import type { ResolvedRelease, ValuesLayer } from '../../../core/records.ts'
import type { SiteValue } from '../../../core/site-values/recipe.ts'
import { outlineOf } from '../../../core/sops/outline.ts'
import { answersTo } from '../remember.ts'
import type { ReleaseDocuments, Telling } from '../render-release.ts'
import { servedBy } from '../scan/served.ts'

/** All that a sealed field is made of, each with its digest; nothing secret: of sealed values the ciphertext. */
export type Inputs = { [name: string]: string }

/** The digest of a layer of values. One that is sealed for further people stays the same. */
const ofLayer = async (layer: ValuesLayer, files: ReadFiles): Promise<string> => {
  if (layer.from === 'release') return sha256(canonicalJson(layer.values))
  const text = (await files.readText(layer.file)) ?? ''
  const outline = outlineOf(text, layer.file)
  return sha256(outline?.ok ? canonicalJson(outline.value.valuesWith((leaf) => leaf.text)) : text)
}

const ofCluster = (telling: Telling, { lookups }: ReleaseDocuments): string => {
  if (telling.by === 'list') return sha256(canonicalJson(telling.apiVersions))
  const { discovered, objects } = telling.knowledge
  return sha256(canonicalJson([Array.from(servedBy(discovered)).sort(), answersTo(lookups, objects)]))
}

/** How an input is called where a layer of values is meant. */
export const layerName = (file: string): string => `values of ${file}`

/** What the sealed fields of a release are made of. */
export const inputsOf = async (
  document: ReleaseDocuments,
  fields: SiteValue[],
  telling: Telling,
  kubernetes: string,
  files: ReadFiles,
): Promise<Inputs> => {
  const { release } = document
  const inputs: Inputs = {
    chart: release.resolved.digest,
    helm: document.renderedBy,
    Kubernetes: kubernetes,
    namespace: release.namespace,
    renderedAs: release.renderedAs,
    'what the cluster serves and has': ofCluster(telling, document),
    'order of values': sha256(canonicalJson(release.values.map(({ file }) => file))),
  }
  for (const [file, layers] of Map.groupBy(release.values, (one) => one.file)) {
    const digests = await Promise.all(layers.map((layer) => ofLayer(layer, files)))
    inputs[layerName(file)] = digests.length === 1 ? digests[0]! : sha256(digests.join('\n'))
  }
  for (const { id, places } of fields)
    inputs[`places of ${id}`] = sha256(canonicalJson(places as unknown as Json))
  return inputs
}

/** Names of the inputs that are not what they were, sorted. */
export const changedInputs = (before: Json | undefined, now: Inputs): string[] => {
  const was: JsonObject = isObject(before) ? before : {}
  const names = new Set([...Object.keys(was), ...Object.keys(now)])
  return Array.from(names)
    .filter((name) => !(Object.hasOwn(was, name) && Object.hasOwn(now, name) && was[name] === now[name]))
    .sort()
}

/** The values files in SOPS format that a release has, by the site values that stand in them. */
export const sealedFilesOf = ({ siteValues }: ResolvedRelease, fields: SiteValue[]): string[] =>
  Array.from(
    new Set(
      siteValues.flatMap((value) =>
        value.recipe.made === 'sealed' && !fields.includes(value) ? [value.recipe.file] : [],
      ),
    ),
  ).sort()
