import { isObject } from '../json.ts'
import type { Json } from '../json.ts'

/** Where an artifact lies in Harbor. */
export interface ArtifactPlace {
  project: string
  /** Without the project: `library/nginx`. */
  repository: string
  /** `sha256:…` */
  digest: string
}

/** What Harbor has stored of it. */
export interface HarborArtifact {
  digest: string
  /** In bytes: the manifest with all that it names, as far as it is stored. */
  size: number
  /** Of an index: the digests of the manifests that Harbor knows below it. */
  references: string[]
}

/** The path below `/api/v2.0` of an artifact. The repository is encoded twice: Harbor's router takes one layer off before it looks for the slashes. */
export const artifactPath = ({ project, repository, digest }: ArtifactPlace): string =>
  `/projects/${encodeURIComponent(project)}/repositories/${encodeURIComponent(encodeURIComponent(repository))}/artifacts/${encodeURIComponent(digest).replace('%3A', ':')}`

/** Reads Harbor's answer; undefined where it is no artifact, or another one than was asked for. */
export const readArtifact = (answer: Json, { digest }: ArtifactPlace): HarborArtifact | undefined => {
  if (!isObject(answer) || answer['digest'] !== digest) return undefined
  const { size, references } = answer
  const below = Array.isArray(references) ? references.filter(isObject) : []
  return {
    digest,
    size: typeof size === 'number' ? size : 0,
    references: below.flatMap(({ child_digest: child }) => (typeof child === 'string' ? [child] : [])),
  }
}
