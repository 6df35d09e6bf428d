import { sha256 } from '../../core/digest.ts'
import type { HandoverFolder, SftpAddress } from '../../core/effects/handover.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problems } from '../../core/problem.ts'
import { destinationOf } from './destination.ts'

export interface ToShip {
  bytes: Uint8Array
  /** The plain name that the file is to have there. */
  name: string
  /** A folder, or `sftp://[USER@]HOST[:PORT]/FOLDER`. */
  to: string
}

/** Ways across the gap. Opening one asks nothing of it yet. */
export interface Ways {
  openFolder(path: string): HandoverFolder
  openSftp(address: SftpAddress): HandoverFolder
}

export interface Shipped {
  /** `TO/NAME` */
  place: string
  digest: string
  /** False where the very same file was there already. */
  written: boolean
}

/** Names are told to other programs: no path, no option, no pattern. */
const isPlainName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(name)

const world = (slug: string, what: string, fix: string, why?: string) =>
  bad([problem({ code: `ship/${slug}`, fault: 'world', what, fix, ...(why === undefined ? {} : { why }) })])

/** Writes under another name, reads it back, and only then gives it its name: nobody ever sees half a file. */
const place = async (folder: HandoverFolder, name: string, bytes: Uint8Array): Promise<Outcome<void>> => {
  const digest = sha256(bytes)
  const partial = `.${name}.${digest.slice('sha256:'.length, 20)}.part`
  const placed = await (async (): Promise<Outcome<void>> => {
    const written = await folder.write(partial, bytes)
    if (!written.ok) return written
    const back = await folder.read(partial)
    if (!back.ok) return back
    if (back.value === undefined || sha256(back.value) !== digest)
      return world(
        'damaged',
        `${name} did not arrive as it was sent: read back, its sha256 is another.`,
        'Check the medium or the line, and ship again.',
      )
    return folder.rename(partial, name)
  })()
  if (placed.ok) return placed
  const removed = await folder.remove(partial)
  return removed.ok ? placed : bad([...placed.problems, ...removed.problems] as Problems)
}

/**
 * Hands a file over: whole, read back, and under its name only then; a `.sha256` beside it, which `sha256sum -c` reads, goes
 * last. The same file there already is fine and is not written again; another one under this name is refused.
 */
export const ship = async ({ bytes, name, to }: ToShip, ways: Ways): Promise<Outcome<Shipped>> => {
  const destination = destinationOf(to)
  if (!destination.ok) return destination
  if (!isPlainName(name))
    return bad([
      problem({
        code: 'ship/bad-name',
        fault: 'usage',
        what: `"${name}" is no plain file name.`,
        fix: 'Use letters, digits, dots, dashes and underscores.',
      }),
    ])
  const folder =
    destination.value.kind === 'folder'
      ? ways.openFolder(destination.value.path)
      : ways.openSftp(destination.value.address)
  const digest = sha256(bytes)
  const there = await folder.read(name)
  if (!there.ok) return there
  if (there.value !== undefined && sha256(there.value) !== digest)
    return bad([
      problem({
        code: 'ship/other-file',
        what: `${to} already holds another file of the name ${name}.`,
        why: 'Two bundles of one version cannot be told apart on the other side.',
        fix: 'Give the bundle a version of its own, or remove the file there if nobody needs it.',
      }),
    ])
  if (there.value === undefined) {
    const placed = await place(folder, name, bytes)
    if (!placed.ok) return placed
  }
  const sum = Buffer.from(`${digest.slice('sha256:'.length)}  ${name}\n`)
  const sumThere = await folder.read(`${name}.sha256`)
  if (!sumThere.ok) return sumThere
  if (sumThere.value === undefined || !sum.equals(sumThere.value)) {
    const placed = await place(folder, `${name}.sha256`, sum)
    if (!placed.ok) return placed
  }
  return good({ place: `${to.replace(/\/+$/, '')}/${name}`, digest, written: there.value === undefined })
}
