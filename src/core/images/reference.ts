/**
 * An image reference, as distribution/reference parses one: `registry/path[:tag][@digest]`, with Docker Hub's short
 * names written out (`nginx` is `docker.io/library/nginx`).
 */
export interface ImageReference {
  registry: string
  path: string
  tag?: string
  digest?: string
}

/** Docker Hub under its other name; distribution/reference folds it, too. */
const hubAlias = 'index.docker.io'
const hub = 'docker.io'

const hostLabel = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const host = new RegExp(`^(?:${hostLabel}(?:\\.${hostLabel})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?$`)
const pathComponent = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const repository = new RegExp(`^${pathComponent}(?:/${pathComponent})*$`)
const tagForm = /^\w[\w.-]{0,127}$/
/** The algorithms that go-digest knows; no runtime takes another. */
const digestForm = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/

const longestPath = 255
/** Host, port, path, tag and digest at their longest; what is longer is looked at no further. */
const longest = 1024

/** Whether the part before the first slash names a registry rather than a user of Docker Hub. */
const isHost = (part: string): boolean =>
  part === 'localhost' || part.includes('.') || part.includes(':') || part !== part.toLowerCase()

const splitTag = (text: string): [string, string | undefined] => {
  const colon = text.lastIndexOf(':')
  return colon > text.lastIndexOf('/') ? [text.slice(0, colon), text.slice(colon + 1)] : [text, undefined]
}

/**
 * Parses a reference, or says in a few words why it is none. Rules and their order:
 * github.com/distribution/reference, `normalize.go` and `regexp.go`.
 */
export const parseReference = (text: string): ImageReference | { malformed: string } => {
  if (text.length > longest) return { malformed: `it is longer than ${longest} characters` }
  if (/^[0-9a-f]{64}$/.test(text)) return { malformed: 'it is 64 hex digits, which are an id and not a name' }
  const at = text.indexOf('@')
  const [beforeDigest, digest] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
  const slash = beforeDigest.indexOf('/')
  const first = slash < 0 ? '' : beforeDigest.slice(0, slash)
  const named = slash > 0 && isHost(first)
  const [rest, tag] = splitTag(named ? beforeDigest.slice(slash + 1) : beforeDigest)
  const registry = !named || first === hubAlias ? hub : first
  const path = registry === hub && !rest.includes('/') ? `library/${rest}` : rest
  if (named && !host.test(first)) return { malformed: `"${first}" is not a host` }
  if (!repository.test(rest))
    return {
      malformed:
        rest === rest.toLowerCase() ? `"${rest}" is not a repository` : 'a repository is in lower case',
    }
  if (path.length > longestPath) return { malformed: `its path is longer than ${longestPath} characters` }
  if (tag !== undefined && !tagForm.test(tag)) return { malformed: `"${tag}" is not a tag` }
  if (digest !== undefined && !digestForm.test(digest)) return { malformed: `"${digest}" is not a digest` }
  return { registry, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) }
}

/** The reference in full: registry, path, and the tag and digest that it has. */
export const printReference = ({ registry, path, tag, digest }: ImageReference): string =>
  `${registry}/${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
