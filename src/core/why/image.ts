import { parseReference } from '../images/reference.ts'
import { brief, containersOf, containerWords, waitingOf } from './evidence.ts'
import type { WhyRule } from './evidence.ts'

/** Reasons of a container that waits for its image (kubernetes `pkg/kubelet/images/types.go`). */
const reasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
  'ErrImagePullPrecondition',
])

interface Place {
  registry: string
  /** Of Harbor: the first part of the path. */
  project: string
}

const placeOf = (image: string): Place | undefined => {
  const reference = parseReference(image)
  if ('malformed' in reference) return undefined
  const [project = '', ...rest] = reference.path.split('/')
  return { registry: reference.registry, project: rest.length === 0 ? '' : project }
}

const inProject = ({ registry, project }: Place): string =>
  project === '' ? `on ${registry}` : `in project ${project} of ${registry}`

/** What runtimes say (containerd, CRI-O, as registries answer), and what that means. The first that matches counts. */
const meanings: [RegExp, (place: Place) => string][] = [
  [
    /x509|certificate|tls: /i,
    ({ registry }) => `the node does not trust the certificate of ${registry}, or cannot check it`,
  ],
  [/http: server gave HTTP response to HTTPS client/i, ({ registry }) => `${registry} does not speak HTTPS`],
  [/no such host|server misbehaving/i, ({ registry }) => `the node cannot resolve the name ${registry}`],
  [
    /connection refused|i\/o timeout|no route to host|network is unreachable|connection reset|deadline exceeded|EOF$/i,
    ({ registry }) => `the node does not reach ${registry}`,
  ],
  [/toomanyrequests|429 Too Many/i, ({ registry }) => `${registry} refuses for now: too many requests`],
  [
    /unauthorized|authentication required|\b401\b|no basic auth credentials|authorization failed/i,
    (place) => `not allowed to pull ${inProject(place)} (pull secret missing or wrong, or no such project)`,
  ],
  [/denied|forbidden|\b403\b/i, (place) => `access denied ${inProject(place)}`],
  [
    /no match for platform|no image found in.* for architecture/i,
    () => 'it is not there for the platform of the node',
  ],
  [/not found|manifest unknown|name unknown|\b404\b/i, (place) => `not found ${inProject(place)}`],
  [/\b5\d\d\b.*(?:error|unavailable|gateway)/i, ({ registry }) => `${registry} answers with an error`],
]

/** The pull's own error within the words of the kubelet and of the runtime: `Back-off pulling image "x": ErrImagePull: rpc error: code = NotFound desc = …`. */
const cause = (message: string): string =>
  message
    .replace(/^Back-off pulling image "[^"]*":?\s*/, '')
    .replace(/^Failed to pull image "[^"]*":\s*/, '')
    .replace(/^ErrImagePull:\s*/, '')
    .replace(/^rpc error: code = \w+ desc = /, '')
    .replace(/^failed to pull and unpack image "[^"]*": /, '')
    .replace(/^failed to resolve (?:reference|image) "[^"]*": /, '')
    .replace(/^failed to do request: /, '')
    .trim()

/** An image that does not come: which, from which project of the registry, and why. */
export const image: WhyRule = {
  name: 'image',
  looksAt: 'pod',
  find: (pod, events) => {
    for (const container of containersOf(pod)) {
      const { reason, message } = waitingOf(container)
      if (!reasons.has(reason)) continue
      const pull = `${containerWords(container)}: image ${container.image}`
      if (reason === 'InvalidImageName') return { words: `${pull}: it is no valid name of an image` }
      if (reason === 'ErrImageNeverPull')
        return { words: `${pull}: it is not on the node, and imagePullPolicy is Never` }
      // Kubelets before 1.32 say only that they back off; the event of the pull says why.
      const told = events.findLast(
        (one) => one.reason === 'Failed' && one.message.includes(`"${container.image}"`),
      )?.message
      const words = cause(message) || cause(told ?? '')
      const place = placeOf(container.image)
      // The image's own name means nothing here: it may well be called `denied` or `404`.
      const unnamed = words.replaceAll(container.image, '')
      const meaning = place && meanings.find(([form]) => form.test(unnamed))?.[1](place)
      if (meaning === undefined) return { words: `${pull}: ${brief(words) || reason}` }
      return { words: `${pull}: ${meaning} (${brief(words)})` }
    }
    return undefined
  },
}
