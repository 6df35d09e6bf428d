import test from 'ava'
import {
  indexTypes,
  manifestFor,
  manifestTypes,
  platformOfConfig,
  platformsOf,
  readManifest,
} from '../../../src/core/registry/manifest.ts'
import type { Descriptor } from '../../../src/core/registry/manifest.ts'

const digest = `sha256:${'a'.repeat(64)}`
const [index = '', manifest = ''] = [indexTypes[0], manifestTypes[0]]
const bytesOf = (content: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(content))

const refused: { [what: string]: [type: string, content: unknown] } = {
  'a list': [manifest, []],
  'an index without manifests': [index, { schemaVersion: 2 }],
  'a descriptor without a digest': [index, { manifests: [{ size: 1 }] }],
  'a digest with a path in it': [index, { manifests: [{ digest: 'sha256:../../x', size: 1 }] }],
  'a size below zero': [manifest, { config: { digest, size: -1 }, layers: [] }],
  'a size that is no number': [manifest, { config: { digest, size: '1' }, layers: [] }],
  'layers that are none': [manifest, { config: { digest, size: 1 }, layers: {} }],
  'ten thousand layers': [
    manifest,
    { config: { digest, size: 1 }, layers: Array.from({ length: 10_000 }, () => ({ digest, size: 1 })) },
  ],
  'another media type': ['application/json', { config: { digest, size: 1 }, layers: [] }],
}
for (const [what, [mediaType, content]] of Object.entries(refused))
  test(`${what} is no manifest`, (t) => {
    t.true('malformed' in readManifest({ mediaType, bytes: bytesOf(content) }))
  })

test('layers that come from elsewhere are known as that', (t) => {
  const layers = [
    { digest, size: 1, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' },
    {
      digest,
      size: 1,
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      urls: ['https://x.example'],
    },
    {
      digest,
      size: 1,
      mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
      urls: ['https://x.example'],
    },
    // Somebody has pushed it all the same.
    { digest, size: 1, mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar' },
  ]
  const read = readManifest({ mediaType: manifest, bytes: bytesOf({ config: { digest, size: 1 }, layers }) })
  if ('malformed' in read || read.kind !== 'image') return t.fail()
  t.deepEqual(
    read.layers.map(({ foreign }) => foreign),
    [false, true, true, false],
  )
})

const of = (os: string, architecture: string, variant = ''): Descriptor => ({
  mediaType: manifest,
  digest: `${os}/${architecture}/${variant}`,
  size: 1,
  foreign: false,
  platform: { os, architecture, variant },
})

const chosen: { [what: string]: [Descriptor[], string, string | undefined] } = {
  'the one without a variant': [[of('linux', 'amd64', 'v3'), of('linux', 'amd64')], 'amd64', 'linux/amd64/'],
  'v8 of arm64': [[of('linux', 'arm', 'v7'), of('linux', 'arm64', 'v8')], 'arm64', 'linux/arm64/v8'],
  'none that needs a newer processor': [[of('linux', 'amd64', 'v3')], 'amd64', undefined],
  'none of Windows': [[of('windows', 'amd64')], 'amd64', undefined],
  'none of 32 bits': [[of('linux', 'arm', 'v8'), of('linux', '386')], 'arm64', undefined],
}
for (const [what, [manifests, architecture, wanted]] of Object.entries(chosen))
  test(`of an index is taken: ${what}`, (t) => {
    t.is(manifestFor(manifests, architecture)?.digest, wanted)
  })

test('attestations are no platform', (t) => {
  t.deepEqual(platformsOf([of('linux', 'arm64', 'v8'), of('unknown', 'unknown')]), ['linux/arm64/v8'])
})

test('a config that is not of an image has no platform', (t) => {
  t.is(platformOfConfig(bytesOf({})), undefined)
  t.is(platformOfConfig(bytesOf({ name: 'a chart', version: '1.0.0' })), undefined)
  t.like(platformOfConfig(bytesOf({ os: 'linux', architecture: 'amd64' })), { architecture: 'amd64' })
})
