/**
 * Writes what an API server says about itself to schemas/kubernetes/MINOR/, for validating and comparing without a cluster:
 *
 * - discovery.json: the groups with their versions, in the server's order of preference, and every resource.
 * - definitions.json: the OpenAPI schemas without their descriptions, and which of them is whose.
 *
 * `node scripts/schemas.ts` writes those of the Kubernetes that the tests run on, `node scripts/schemas.ts 1.31 1.33` those
 * of earlier ones, whose API servers it builds (test/control-plane/programs.ts has their releases). With `--check` it
 * only says whether they are what the server says.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { earlierKubernetes, pinnedKubernetes } from '../test/control-plane/programs.ts'
import type { Json, Request } from '../test/control-plane/request.ts'
import { startControlPlane } from '../test/control-plane/start.ts'

type Schema = { readonly [keyword: string]: Json }
type GroupVersionKind = { readonly group: string; readonly version: string; readonly kind: string }

const ownersKeyword = 'x-kubernetes-group-version-kind'
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const releases = positionals.length === 0 ? [pinnedKubernetes] : positionals.map(releaseOf)
for (const release of releases) {
  const files = await ask(release)
  process.exitCode = Math.max(
    Number(process.exitCode ?? 0),
    await (values.check ? check(files) : write(files)),
  )
}

function releaseOf(version: string): string {
  const releases = [...earlierKubernetes, pinnedKubernetes]
  const release = releases.find((release) => release.startsWith(`${version}.`))
  if (release === undefined) {
    throw new Error(
      `test/control-plane/programs.ts names no release of Kubernetes ${version}, only ${releases.join(', ')}`,
    )
  }

  return release
}

async function ask(release: string): Promise<ReadonlyMap<string, string>> {
  const { request, stop } = await startControlPlane({
    without: ['kube-controller-manager', 'kube-scheduler', 'kwok'],
    ...(release === pinnedKubernetes ? {} : { release }),
  })
  try {
    await untilComplete(request)
    const { major, minor, gitVersion } = await get(request, '/version')
    const folder = path.join(import.meta.dirname, '..', 'schemas', 'kubernetes', `${major}.${minor}`)
    return new Map([
      [path.join(folder, 'discovery.json'), await discovery(request, gitVersion)],
      [path.join(folder, 'definitions.json'), await definitions(request, gitVersion)],
    ])
  } finally {
    await stop()
  }
}

/** A server that is ready may still be gathering its own documents: waits until discovery and OpenAPI name the same group versions. */
async function untilComplete(request: Request): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const discovered = (await groups(request)).flatMap(({ metadata, versions }) =>
      versions.map(({ version }: Json) =>
        metadata.name === undefined ? `api/${version}` : `apis/${metadata.name}/${version}`,
      ),
    )
    const { paths } = await get(request, '/openapi/v3')
    const described = Object.keys(paths).filter((path) => /^(api|apis\/[^/]+)\/v\d[^/]*$/.test(path))
    if (isDeepStrictEqual(new Set(discovered), new Set(described))) {
      return
    }

    await sleep(100)
  }

  throw new Error(
    'after 10 s the discovery and the OpenAPI documents of the API server still name different group versions',
  )
}

async function groups(request: Request): Promise<Json[]> {
  const lists = [await get(request, '/api', aggregated), await get(request, '/apis', aggregated)]
  return lists.flatMap((list) => list.items)
}

async function discovery(request: Request, kubernetes: string): Promise<string> {
  const preferred: object[] = []
  const resources = new Map<string, object>()
  for (const { metadata, versions } of await groups(request)) {
    const group: string = metadata.name ?? ''
    preferred.push({ group, versions: versions.map((version: Json) => version.version) })
    for (const { version, resources: found } of versions) {
      for (const resource of found) {
        resources.set(`${group}/${version}/${resource.resource}`, {
          group,
          version,
          kind: resource.responseKind.kind,
          plural: resource.resource,
          singular: resource.singularResource,
          shortNames: resource.shortNames ?? [],
          namespaced: resource.scope === 'Namespaced',
          verbs: resource.verbs.toSorted(),
          subresources: (resource.subresources ?? [])
            .map(({ subresource, responseKind: { group, version, kind }, verbs }: Json) => ({
              name: subresource,
              group,
              version,
              kind,
              verbs: verbs.toSorted(),
            }))
            .toSorted((a: Json, b: Json) => (a.name < b.name ? -1 : 1)),
        })
      }
    }
  }

  // The order of the groups and of their versions means something; that of the resources does not.
  return document({
    kubernetes: inline(kubernetes),
    groups: lines(preferred),
    resources: lines(sorted(resources).map(([, resource]) => resource)),
  })
}

async function definitions(request: Request, kubernetes: string): Promise<string> {
  const { paths } = await get(request, '/openapi/v3')
  const all = new Map<string, Schema>()
  for (const { serverRelativeURL } of Object.values<Json>(paths)) {
    const { components } = await get(request, serverRelativeURL)
    for (const [name, schema] of Object.entries<Schema>(components?.schemas ?? {})) {
      const compact = ofOneOwner(withoutDescriptions(schema))
      all.set(name, merged(name, all.get(name) ?? compact, compact))
    }
  }

  const kinds = new Map<string, string>()
  for (const [name, schema] of all) {
    for (const { group, version, kind } of (schema[ownersKeyword] ?? []) as GroupVersionKind[]) {
      kinds.set(group === '' ? `${version}/${kind}` : `${group}/${version}/${kind}`, name)
    }
  }

  return document({ kubernetes: inline(kubernetes), kinds: entries(kinds), definitions: entries(all) })
}

/** Up to 1.35 every copy of DeleteOptions says that it belongs to each of 62 group versions, served or not, which tells nobody anything. */
function ofOneOwner(schema: Schema): Schema {
  return schema[ownersKeyword]?.length > 1 ? withoutOwners(schema) : schema
}

/** Each group's document has its own copy of what it uses, and the copies are equal but for whose they are: from 1.36 on each group calls DeleteOptions its own. */
function merged(name: string, one: Schema, other: Schema): Schema {
  if (isDeepStrictEqual(one, other)) {
    return one
  }

  const left = withoutOwners(one)
  if (!isDeepStrictEqual(left, withoutOwners(other))) {
    throw new Error(`the API server has two different definitions named ${name}`)
  }

  return left
}

function withoutOwners(schema: Schema): Schema {
  const { [ownersKeyword]: _, ...rest } = schema
  return rest
}

/** Follows the structure of schemas, because a property may well be named `description`. */
function withoutDescriptions(schema: Schema): Schema {
  const kept: Record<string, unknown> = {}
  for (const keyword of Object.keys(schema).toSorted()) {
    const value = schema[keyword]
    if (keyword === 'description') {
      continue
    } else if (keyword === 'properties') {
      kept[keyword] = Object.fromEntries(
        sorted(new Map<string, Schema>(Object.entries(value))).map(([name, property]) => [
          name,
          withoutDescriptions(property),
        ]),
      )
    } else if (['items', 'additionalProperties', 'not'].includes(keyword) && typeof value === 'object') {
      kept[keyword] = withoutDescriptions(value)
    } else if (['allOf', 'anyOf', 'oneOf'].includes(keyword)) {
      kept[keyword] = value.map(withoutDescriptions)
    } else if (keyword === '$ref') {
      kept[keyword] = value.replace('#/components/schemas/', '#/definitions/')
    } else {
      kept[keyword] = value
    }
  }

  return kept
}

async function get(request: Request, url: string, accept?: string): Promise<Json> {
  const { status, body, text } = await request('GET', url, accept === undefined ? {} : { accept })
  if (status !== 200) {
    throw new Error(`the API server answered ${status} to GET ${url}: ${text}`)
  }

  return body
}

async function check(wanted: ReadonlyMap<string, string>): Promise<number> {
  let stale = 0
  for (const [file, text] of wanted) {
    if ((await readFile(file, 'utf8').catch(() => undefined)) !== text) {
      console.error(`${path.relative('', file)} is not what the API server says; run scripts/schemas.ts`)
      stale = 1
    }
  }

  return stale
}

async function write(wanted: ReadonlyMap<string, string>): Promise<number> {
  for (const [file, text] of wanted) {
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
    console.error(`${path.relative('', file)}: ${Math.round(text.length / 1024)} KiB`)
  }

  return 0
}

// The files have one resource or definition a line: compact, and yet a diff shows what changed.
function document(sections: Record<string, string>): string {
  return `{\n${Object.entries(sections)
    .map(([name, text]) => `${JSON.stringify(name)}: ${text}`)
    .join(',\n')}\n}\n`
}

function inline(value: unknown): string {
  return JSON.stringify(value)
}

function lines(values: readonly object[]): string {
  return `[\n${values.map(inline).join(',\n')}\n]`
}

function entries(values: ReadonlyMap<string, unknown>): string {
  return `{\n${sorted(values)
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n')}\n}`
}

function sorted<Value>(values: ReadonlyMap<string, Value>): [string, Value][] {
  return [...values].toSorted(([one], [other]) => (one < other ? -1 : 1))
}
