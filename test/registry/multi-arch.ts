import { createHash } from 'node:crypto'
import type { Certificate } from '../control-plane/certificates.ts'
import { call } from './call.ts'

export const sha256Of = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`

export const manifestType = 'application/vnd.oci.image.manifest.v1+json'
export const indexType = 'application/vnd.oci.image.index.v1+json'

/** Bytes that no compression makes smaller, the same for the same seed. */
const noise = (seed: string, size: number): Buffer => {
  const parts: Buffer[] = []
  for (let count = 0, bytes = 0; bytes < size; count += 1, bytes += 32)
    parts.push(createHash('sha256').update(`${seed} ${count}`).digest())
  return Buffer.concat(parts).subarray(0, size)
}

export interface ToPush {
  /** `https://HOST/v2/NAME` */
  repository: string
  tag: string
  authority: Certificate
  /** By architecture as the index has it: the architecture that the image's config names. */
  platforms?: { [architecture: string]: string }
  layerBytes?: number
  /** What the layers are made of: another one gives other digests. */
  seed?: string
  /** The tag names the first image itself, and there is no index. */
  withoutIndex?: boolean
  authorization?: string
}

export interface Pushed {
  /** What the tag names. */
  top: string
  images: { [architecture: string]: { manifest: string; config: string; layer: string } }
}

/** Pushes an image by distribution's API: for each platform config, layer and manifest, and the index over them. */
export const push = async ({
  repository,
  tag,
  authority,
  platforms = { amd64: 'amd64', arm64: 'arm64' },
  layerBytes = 2000,
  seed = '',
  withoutIndex = false,
  authorization,
}: ToPush): Promise<Pushed> => {
  const auth = authorization === undefined ? {} : { authorization }
  const must = (status: number, wanted: number, what: string): void => {
    if (status !== wanted) throw new Error(`${what}: HTTP ${status}`)
  }
  const blob = async (bytes: Buffer, mediaType: string) => {
    const begun = await call(`${repository}/blobs/uploads/`, authority, { method: 'POST', headers: auth })
    must(begun.status, 202, 'begin an upload')
    const place = new URL(String(begun.headers['location']), repository)
    place.searchParams.set('digest', sha256Of(bytes))
    const headers = { 'content-type': 'application/octet-stream', ...auth }
    must((await call(place.href, authority, { method: 'PUT', headers, body: bytes })).status, 201, 'upload')
    return { mediaType, digest: sha256Of(bytes), size: bytes.length }
  }
  const document = async (name: string | undefined, mediaType: string, content: object) => {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content }))
    const url = `${repository}/manifests/${name ?? sha256Of(bytes)}`
    const headers = { 'content-type': mediaType, ...auth }
    must((await call(url, authority, { method: 'PUT', headers, body: bytes })).status, 201, 'push')
    return { mediaType, digest: sha256Of(bytes), size: bytes.length }
  }

  const images: Pushed['images'] = {}
  const manifests: object[] = []
  for (const [architecture, really] of Object.entries(platforms)) {
    const made = noise(`${repository.split('/v2/')[1]} ${architecture} ${seed}`, layerBytes)
    const layer = await blob(made, 'application/vnd.oci.image.layer.v1.tar+gzip')
    const text = JSON.stringify({
      architecture: really,
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    })
    const config = await blob(Buffer.from(text), 'application/vnd.oci.image.config.v1+json')
    const manifest = await document(withoutIndex ? tag : undefined, manifestType, { config, layers: [layer] })
    images[architecture] = { manifest: manifest.digest, config: config.digest, layer: layer.digest }
    if (withoutIndex) return { top: manifest.digest, images }
    manifests.push({ ...manifest, platform: { architecture, os: 'linux' } })
  }
  const index = await document(tag, indexType, { manifests })
  return { top: index.digest, images }
}
