/** Where a manifest or a blob lies: the registry's host (and port), the repository, and a tag or a digest. */
export interface RegistryPlace {
  host: string
  /** `dockerhub-proxy/library/nginx` */
  repository: string
  /** A tag or `sha256:…`. */
  reference: string
}

/**
 * What is wrong, in the end: `unreachable` (nobody answers), `untrusted` (its certificate), `denied` (401, 403), `gone` (404), `busy` (429, 5xx),
 * `damaged` (other bytes than the digest's, or too few), `too-large`, `unsupported` (no manifest of today), `misleading` (it sends one where nothing
 * may be fetched), `refused` (any other answer).
 */
export type RefusalKind =
  | 'unreachable'
  | 'untrusted'
  | 'denied'
  | 'gone'
  | 'busy'
  | 'damaged'
  | 'too-large'
  | 'unsupported'
  | 'misleading'
  | 'refused'

/** Why a registry did not give what it was asked for; `status` is 0 where nobody answered. Nothing secret is in `message`. */
export interface RegistryRefusal {
  kind: RefusalKind
  status: number
  /** The registry's own code, such as MANIFEST_UNKNOWN or TOO_MANY_REQUESTS; '' without one. */
  code: string
  message: string
  /** The host that was asked, with its scheme. */
  endpoint: string
}

export type RegistryReply<T> = { ok: true; value: T } | { ok: false; refusal: RegistryRefusal }

/** A manifest or an index, byte for byte; its digest is computed from the bytes and equal to the one that was asked for. */
export interface FetchedManifest {
  digest: string
  mediaType: string
  bytes: Uint8Array
}

/**
 * An image registry by the OCI distribution protocol: TLS with the site's own CA, basic and token auth, the environment's proxies; 429, 5xx and broken
 * connections are tried again for a while. Reads only. `size` of a blob is what its manifest says: more is not read, and less is damage.
 */
export interface Registry {
  manifest(place: RegistryPlace): Promise<RegistryReply<FetchedManifest>>
  /** The digest that a tag has now, by HEAD: a proxy cache asks its upstream, and caches nothing. */
  digestOf(place: RegistryPlace): Promise<RegistryReply<string>>
  /** A small blob, such as an image's config; one of more than 4 MiB is refused. */
  blob(place: RegistryPlace, size: number): Promise<RegistryReply<Uint8Array>>
  /**
   * Reads a blob to its end, so that a proxy cache keeps it, and verifies its digest; `heard` is told of bytes as they come, and of fewer than nothing where
   * they have to come again.
   */
  pull(
    place: RegistryPlace,
    size: number,
    heard: (bytes: number) => void,
  ): Promise<RegistryReply<{ bytes: number }>>
}
