/** The content of a bundle by path: what the tar holds, or is to hold. */
export type Members = Map<string, Uint8Array>

export const manifestPath = 'bundle.json'
export const reportPath = 'diff.md'
export const provenancePath = 'provenance.json'
export const objectsFolder = 'objects'
const sealedFolder = 'sealed'

/** A file in SOPS format that travels with a bundle: nobody encrypts more by hand. */
export const mostSealedBytes = 4 * 1024 * 1024

/** The member that holds a file in SOPS format, by its path from the site's root. */
export const sealedMemberOf = (file: string): string => `${sealedFolder}/${file}`

export const isSealedMember = (path: string): boolean => path.startsWith(`${sealedFolder}/`)

const signatureSuffix = '.sigstore.json'
const signaturesFolder = 'signatures'

/** Where the signature of the key of this name lies. */
export const signaturePathOf = (keyName: string): string => `${signaturesFolder}/${keyName}${signatureSuffix}`

/** Whether a path is of a signature: those alone are not listed in bundle.json, since they sign it. */
export const isSignature = (path: string): boolean => path.startsWith(`${signaturesFolder}/`)

/** The name of the key that a signature's path claims, or undefined where it is no name of a key. */
export const keyNameOf = (path: string): string | undefined => {
  const name = path.slice(signaturesFolder.length + 1, -signatureSuffix.length)
  return isKeyName(name) && path === signaturePathOf(name) ? name : undefined
}

/** Names of keys become names of files, so they are lower case: no two clash on any file system. */
export const isKeyName = (name: string): boolean => /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)

/** Versions become names of files and tags of OCI artifacts: the grammar is that of the latter. */
export const isVersion = (version: string): boolean => /^[0-9A-Za-z_][0-9A-Za-z._-]{0,127}$/.test(version)

/**
 * Whether a path may be a member at all: relative, ASCII, without `.` and `..`, and short enough for every tar and file
 * system. `src/core/layout.ts` writes no other.
 */
export const isSafePath = (path: string): boolean =>
  path.length <= 700 &&
  path
    .split('/')
    .every((part) => part.length <= 255 && /^[A-Za-z0-9._%~-]+$/.test(part) && part !== '.' && part !== '..')
