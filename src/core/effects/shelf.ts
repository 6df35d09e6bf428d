/** A folder beside the cluster for bundles that are too large to be kept on it. */
export interface Shelf {
  /** The file of the bundle with this digest (`sha256:…`), or undefined where it is not there. */
  read(bundle: string): Promise<Uint8Array | undefined>
  /** Keeps it, for its owner alone; on the disk when this returns. One that is there is left as it is. */
  write(bundle: string, bytes: Uint8Array): Promise<void>
}
