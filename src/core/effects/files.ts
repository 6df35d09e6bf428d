/**
 * The files of one root folder. Paths are relative to it, with `/`; a path that leaves the root is a bug and throws.
 * Missing files are `undefined`; any other failure throws the system's own error (EACCES is not absence), which the stepper makes a problem of.
 */
export interface ReadFiles {
  /** The bytes, or undefined where there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>
  /** Text read as UTF-8, or undefined where there is no such file. Bytes that are not UTF-8 throw. */
  readText(path: string): Promise<string | undefined>
  /** `sha256:…` of the bytes, or undefined where there is no such file. */
  digest(path: string): Promise<string | undefined>
  /** All files below a folder, as sorted paths relative to the root; [] where there is no such folder. Links are not followed. */
  list(folder: string): Promise<string[]>
  /** All links at a path, above it (below the root) and below it, sorted; a link above or at it is the only one told. */
  links(path: string): Promise<string[]>
}

/** What a file is to hold. Where it has this digest (`sha256:…`) already, the text is not asked for. */
export interface FileText {
  digest: string
  text(): string
}

/** Writing, one declared folder at a time. */
export interface WriteFiles {
  /**
   * Makes `folder` hold exactly `files` (by path relative to the folder). All new content is on disk before the first
   * file is put in place, so that a failure leaves the folder as it was; unchanged files are not touched; stale ones go last.
   */
  replaceFolder(
    folder: string,
    files: Map<string, string | FileText>,
  ): Promise<{ written: string[]; removed: string[] }>
}

/** A folder of its own that holds what was made, and nothing else. */
export interface OutputFolder {
  /** What stands at its place. The root of the file system is `other`: it is nobody's to replace. */
  kind(): Promise<'nothing' | 'folder' | 'link' | 'other'>
  /** All files and links in it, from it; [] where it is not there. */
  list(): Promise<string[]>
  read(path: string): Promise<Uint8Array | undefined>
  /** Makes it hold exactly these files. */
  replace(files: Map<string, string>): Promise<unknown>
}
