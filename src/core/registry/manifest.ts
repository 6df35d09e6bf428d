import type { FetchedManifest } from '../effects/registry.ts'
import { isObject, jsonOf } from '../json.ts'
import type { Json } from '../json.ts'

export interface Platform {
  os: string
  architecture: string
  variant: string
}

/** What a manifest says of another document or of a blob; `size` in bytes. */
export interface Descriptor {
  mediaType: string
  digest: string
  size: number
  platform?: Platform
  /** It comes from elsewhere (Windows' base layers), and no registry has to have it. */
  foreign: boolean
}

export type ImageManifest =
  | { kind: 'index'; manifests: Descriptor[] }
  | { kind: 'image'; config: Descriptor; layers: Descriptor[] }

export const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]
export const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

const digestForm = /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/
/** No image has more; what says so is no image. */
const mostEntries = 4096

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

const platformOf = (value: Json | undefined): Platform | undefined =>
  isObject(value)
    ? { os: text(value['os']), architecture: text(value['architecture']), variant: text(value['variant']) }
    : undefined

const descriptorOf = (value: Json | undefined): Descriptor | undefined => {
  if (!isObject(value)) return undefined
  const { mediaType, digest, size, platform, urls } = value
  if (typeof digest !== 'string' || !digestForm.test(digest)) return undefined
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined
  const told = platformOf(platform)
  const type = text(mediaType)
  const foreign =
    /\.(?:foreign\.diff|nondistributable)\b|layer\.nondistributable/.test(type) &&
    Array.isArray(urls) &&
    urls.length > 0
  return { mediaType: type, digest, size, foreign, ...(told && { platform: told }) }
}

const listOf = (value: Json | undefined): Descriptor[] | undefined => {
  if (!Array.isArray(value) || value.length > mostEntries) return undefined
  const list = value.map(descriptorOf)
  return list.every((one) => one !== undefined) ? list : undefined
}

/** What an index or an image manifest (OCI's, or Docker's schema 2) names, or in a few words why it is neither. */
export const readManifest = ({
  mediaType,
  bytes,
}: Pick<FetchedManifest, 'mediaType' | 'bytes'>): ImageManifest | { malformed: string } => {
  const content = jsonOf(bytes)
  if (!isObject(content)) return { malformed: 'it is no JSON object' }
  if (indexTypes.includes(mediaType)) {
    const manifests = listOf(content['manifests'])
    return manifests ? { kind: 'index', manifests } : { malformed: 'its list of manifests cannot be read' }
  }
  if (!manifestTypes.includes(mediaType)) return { malformed: `its media type is ${mediaType}` }
  const [config, layers] = [descriptorOf(content['config']), listOf(content['layers'])]
  return config && layers
    ? { kind: 'image', config, layers }
    : { malformed: 'its config or its layers cannot be read' }
}

/** The variant that a node of an architecture runs, as containerd has it; others of them need a newer processor. */
const usualVariant: { [architecture: string]: string } = { amd64: 'v1', arm64: 'v8' }

/** The manifest of an index that Linux nodes of an architecture run; undefined where it has none for them. */
export const manifestFor = (manifests: Descriptor[], architecture: string): Descriptor | undefined => {
  const fitting = manifests.filter(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
  )
  const withVariant = (variant: string | undefined) =>
    fitting.find(({ platform }) => platform?.variant === variant)
  return withVariant('') ?? withVariant(usualVariant[architecture])
}

/** `linux/arm64/v8`; of an image, as its config names it. */
export const printPlatform = ({ os, architecture, variant }: Platform): string =>
  [os, architecture, variant].filter((part) => part !== '').join('/')

/** The platforms that an index has images for, in words; attestations, which are `unknown`, are none. */
export const platformsOf = (manifests: Descriptor[]): string[] =>
  manifests.flatMap(({ platform }) =>
    platform === undefined || platform.os === 'unknown' || platform.os === ''
      ? []
      : [printPlatform(platform)],
  )

/** The platform that an image's config names; undefined where the config is of something else than an image. */
export const platformOfConfig = (bytes: Uint8Array): Platform | undefined => {
  const platform = platformOf(jsonOf(bytes))
  return platform && platform.os !== '' && platform.architecture !== '' ? platform : undefined
}
