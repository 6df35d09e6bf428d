import { isObject, setField } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { idOf, nameOf } from './object.ts'
import type { KubeObject } from './object.ts'
import { all, bad, good, problem, unless } from './problem.ts'
import type { Outcome, Problem } from './problem.ts'
import type { Origin } from './records.ts'
import { readYaml } from './yaml/read.ts'

export interface ManifestObject {
  object: KubeObject
  origin: Origin
}

/** A value that should be an object, and where it stands: its template, or the text's label where no template is named. */
interface Candidate {
  value: Json
  label: string
  origin: Origin
}

const isText = (value: Json | undefined): value is string => typeof value === 'string' && value !== ''

const refuse = (
  { label, origin }: Candidate,
  code: `render/${string}`,
  what: string,
  fix: string,
): Problem => {
  const place = origin.template === label ? label : `${origin.template} (${label})`
  return problem({
    code,
    what: `${place}, line ${origin.line}: ${what}.`,
    where: [{ in: 'file', file: label, line: origin.line }],
    why: 'The API server would refuse it.',
    fix,
  })
}

/** `List`, or a typed one as a server prints it. A custom resource may be of a kind that ends so, but then it has a name. */
const isList = (value: JsonObject): value is JsonObject & { kind: string; items: Json[] } =>
  typeof value['kind'] === 'string' &&
  value['kind'].endsWith('List') &&
  Array.isArray(value['items']) &&
  !(isObject(value['metadata']) && isText(value['metadata']['name']))

/** The items of a list as if each were a document. Those of a typed list need not say what they are: the list does. */
const unfolded = (candidate: Candidate): Candidate[] => {
  const { value } = candidate
  if (!isObject(value) || !isList(value)) return [candidate]
  const itemKind = value.kind.slice(0, -'List'.length)
  return value.items.flatMap((item) => {
    const bare = isObject(item) && !isText(item['kind']) && itemKind !== ''
    const named = bare ? { ...item, apiVersion: value['apiVersion'] ?? null, kind: itemKind } : item
    return unfolded({ ...candidate, value: named })
  })
}

/** Labels or annotations as the server decodes them: null is no map, and a null value is an empty string. */
const stringMap = (value: Json | undefined): JsonObject | undefined | 'bad' => {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) return 'bad'
  const strings: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== null && typeof inner !== 'string') return 'bad'
    setField(strings, key, inner ?? '')
  }
  return strings
}

type Metadata = KubeObject['metadata']

/**
 * What may stand in the path of a request: more no kind of object allows, and some allow no less (`system:node`).
 * Source: k8s.io/apimachinery `pkg/api/validation/path`.
 */
const isSegment = (name: string): boolean =>
  // oxlint-disable-next-line no-control-regex
  name !== '.' && name !== '..' && !/[/%\0-\x1F\x7F-\x9F]/.test(name)

const nameless = (candidate: Candidate, kind: string, metadata: JsonObject): Problem =>
  isText(metadata['generateName'])
    ? refuse(
        candidate,
        'render/no-name',
        `a ${kind} has generateName and no name, so each apply would make another one`,
        'Give it metadata.name.',
      )
    : refuse(candidate, 'render/no-name', `a ${kind} has no name`, 'Give it metadata.name, a string.')

/** The metadata with what the server takes for absent left out, or what is wrong with it. */
const metadataOf = (candidate: Candidate, kind: string, given: Json | undefined): Outcome<Metadata> => {
  const metadata: JsonObject = isObject(given) ? { ...given } : {}
  const found: Problem[] = []
  if (!isText(metadata['name'])) found.push(nameless(candidate, kind, metadata))
  const called = isText(metadata['name']) ? `${kind} ${metadata['name']}` : `a ${kind}`
  for (const field of ['labels', 'annotations']) {
    const strings = stringMap(metadata[field])
    if (strings === 'bad')
      found.push(
        refuse(
          candidate,
          'render/bad-metadata',
          `the ${field} of ${called} are not a map of strings`,
          `Quote every value in metadata.${field}.`,
        ),
      )
    else if (strings) metadata[field] = strings
    else delete metadata[field]
  }
  const namespace = metadata['namespace']
  if (!isText(namespace)) delete metadata['namespace']
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    found.push(
      refuse(
        candidate,
        'render/bad-metadata',
        `the namespace of ${called} is not a string`,
        'Quote metadata.namespace.',
      ),
    )
  return unless(found, () => metadata as Metadata)
}

const objectOf = (candidate: Candidate): Outcome<ManifestObject> => {
  const { value, origin } = candidate
  if (!isObject(value))
    return bad([
      refuse(
        candidate,
        'render/not-an-object',
        'a document is no Kubernetes object, but a list or a single value',
        'Write a map with apiVersion, kind and metadata.',
      ),
    ])
  const { apiVersion, kind } = value
  if (!isText(apiVersion) || !isText(kind))
    return bad([
      refuse(
        candidate,
        'render/no-kind',
        isText(kind) ? `a ${kind} has no apiVersion` : 'a document has no kind',
        'Write both apiVersion and kind, as strings.',
      ),
    ])
  const metadata = metadataOf(candidate, kind, value['metadata'])
  if (!metadata.ok) return metadata
  const object: KubeObject = { ...value, apiVersion, kind, metadata: metadata.value }
  const { name, namespace } = object.metadata
  const sayable =
    /^[A-Za-z][A-Za-z0-9]*$/.test(kind) &&
    /^(?:[a-z0-9.-]+\/)?[a-z0-9]+$/.test(apiVersion) &&
    isSegment(name) &&
    (namespace === undefined || isSegment(namespace))
  if (!sayable)
    return bad([
      refuse(
        candidate,
        'render/bad-identity',
        `${JSON.stringify(`${apiVersion} ${nameOf(idOf(object))}`)} can be the identity of no object`,
        'Correct apiVersion, kind, name and namespace.',
      ),
    ])
  return good({ object, origin })
}

/**
 * Reads manifests (what helm printed, or a file) as Kubernetes objects, in their order. Empty documents are left out, lists unfolded.
 * `label` names the text in problems: a path, or words such as `helm's output of shop`. Every object has apiVersion, kind and a
 * name; labels and annotations, where there are any, are maps of strings. All problems come at once: `yaml/…` of the text,
 * `render/not-an-object`, `render/no-kind`, `render/no-name`, `render/bad-metadata`, `render/bad-identity`.
 */
export const readObjects = (text: string, label: string): Outcome<ManifestObject[]> => {
  const read = readYaml(text, label)
  if (!read.ok) return read
  const candidates = read.value
    .filter(({ value }) => value !== null)
    .flatMap(({ value, line, source }) =>
      unfolded({ value, label, origin: { template: source ?? label, line } }),
    )
  const objects = all(candidates.map(objectOf))
  return objects.ok ? good(objects.value, [...read.warnings, ...objects.warnings]) : objects
}
