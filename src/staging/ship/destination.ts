import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { SftpAddress } from '../../core/effects/handover.ts'

/** Where to ship to: a folder of this machine (a mounted medium, say) or one behind an SFTP server. */
export type Destination = { kind: 'folder'; path: string } | { kind: 'sftp'; address: SftpAddress }

const host = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]+\])$/
const user = /^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}$/
/** The batch language of sftp would take these for patterns or quotes, for the end of the line, or for an option. */
const unsafeInPath = /[\p{Cc}*?[\]"'\\]|^\/~\/-/u

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * Reads `sftp://[USER@]HOST[:PORT]/FOLDER`, or the path of a local folder. The folder of an URL is absolute; `/~/` at its
 * start means the user's home, as in scp's URLs.
 */
export const destinationOf = (to: string): Outcome<Destination> => {
  const refuse = (what: string, fix: string) =>
    bad([problem({ code: 'ship/bad-destination', fault: 'usage', what, fix })])
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(to)?.[1]?.toLowerCase()
  if (scheme === undefined)
    return to === ''
      ? refuse(
          'Nothing says where the bundle goes.',
          'Give --to FOLDER or --to sftp://USER@HOST:PORT/FOLDER.',
        )
      : /^[^/:]+@[^/:]+:/.test(to)
        ? refuse(`"${to}" is how scp names a place.`, 'Write sftp://USER@HOST:PORT/FOLDER.')
        : good({ kind: 'folder', path: to })
  if (scheme !== 'sftp')
    return refuse(`"${scheme}://" is no way to ship.`, 'Name a folder, or sftp://USER@HOST:PORT/FOLDER.')
  const url = URL.parse(to)
  const path = url && decoded(url.pathname)
  const name = url && decoded(url.username)
  if (!url || url.password !== '')
    return refuse(
      url ? 'The URL holds a password.' : 'The URL cannot be read.',
      'Write sftp://USER@HOST:PORT/FOLDER; the login is by key, from the agent or with --identity.',
    )
  if (!host.test(url.hostname)) return refuse('The URL names no host.', 'Write sftp://USER@HOST:PORT/FOLDER.')
  if (name === undefined || (name !== '' && !user.test(name!)))
    return refuse('The URL names a user that no system has.', 'Write sftp://USER@HOST:PORT/FOLDER.')
  if (!path || path === '/' || unsafeInPath.test(path) || url.search !== '' || url.hash !== '')
    return refuse(
      'The URL names no folder that sftp can be told of.',
      'Write sftp://USER@HOST:PORT/FOLDER, without quotes, backslashes, brackets, * and ? in the folder.',
    )
  return good({
    kind: 'sftp',
    address: {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      ...(name ? { user: name } : {}),
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      folder: path.startsWith('/~/') ? path.slice('/~/'.length) || '.' : path,
    },
  })
}
