import type { RefusalKind, RegistryRefusal } from '../effects/registry.ts'
import { problem } from '../problem.ts'
import type { Problem } from '../problem.ts'
import type { WantedImage } from './wanted.ts'

/** An image that a registry did not give. */
export interface RefusedImage {
  image: WantedImage
  refusal: RegistryRefusal
}

interface Words {
  fault: Problem['fault']
  what: (image: string, refusal: RegistryRefusal) => string
  fix: (refusal: RegistryRefusal) => string
}

const words: { [kind in RefusalKind]: Words } = {
  unreachable: {
    fault: 'world',
    what: (_, { endpoint, message }) => `${endpoint} does not answer: ${message}.`,
    fix: () =>
      'Check the name in releases/site.yaml, the network, and HTTPS_PROXY and NO_PROXY; then run it again.',
  },
  untrusted: {
    fault: 'world',
    what: (_, { endpoint, message }) => `The certificate of ${endpoint} is not trusted: ${message}.`,
    fix: () => 'Name the file with the certificate of its CA: --ca FILE, or SSL_CERT_FILE.',
  },
  denied: {
    fault: 'world',
    what: (image, { endpoint, message }) => `${endpoint} does not give ${image} to us: ${message}.`,
    fix: ({ endpoint }) =>
      `Log in as somebody who may pull it (docker login ${new URL(endpoint).host}), or name the file with the login: REGISTRY_AUTH_FILE. A registry may say so of what it does not have, too.`,
  },
  gone: {
    fault: 'input',
    what: (image, { endpoint, message }) => `${image} is not at ${endpoint}: ${message}.`,
    fix: () =>
      'Correct the image in the values of the release, or find out where it went; behind Harbor, check the project and its upstream.',
  },
  busy: {
    fault: 'world',
    what: (image, { endpoint, message }) =>
      `${endpoint} could not give ${image} after several attempts: ${message}.`,
    fix: () =>
      'Look at its own log (a full disk is told so), or wait, and run it again; what is done is not done again.',
  },
  damaged: {
    fault: 'world',
    what: (image, { endpoint, message }) =>
      `What ${endpoint} gives for ${image} is not what it should be: ${message}.`,
    fix: () =>
      'Run it again. If it stays so, remove the image from the cache there, and find out who changes it.',
  },
  'too-large': {
    fault: 'input',
    what: (image, { endpoint, message }) =>
      `${image} at ${endpoint} is larger than a manifest may be: ${message}.`,
    fix: () => 'See what lies there under this name; no runtime takes it.',
  },
  unsupported: {
    fault: 'input',
    what: (image, { endpoint, message }) =>
      `${image} at ${endpoint} is no image that a node can run: ${message}.`,
    fix: () => 'Use an image that was pushed by a tool of the last ten years, or correct the address.',
  },
  misleading: {
    fault: 'world',
    what: (image, { endpoint, message }) => `${endpoint} was not followed for ${image}: ${message}.`,
    fix: () => 'Find out what answers there; a registry does not do this.',
  },
  refused: {
    fault: 'world',
    what: (image, { endpoint, message }) => `${endpoint} does not give ${image}: ${message}.`,
    fix: () => 'Check that the address is that of a registry, and look at its log.',
  },
}

/** What concerns the registry itself, and so all of its images. */
const ofRegistry = new Set<RefusalKind>(['unreachable', 'untrusted'])

/**
 * Refusals as problems, in the order of the images. What concerns a whole registry is told once, with the number of images. Codes are `registry/KIND`.
 */
export const refusalProblems = (refused: RefusedImage[]): Problem[] => {
  const sorted = refused.toSorted((a, b) => (a.image.name < b.image.name ? -1 : 1))
  const groups = Map.groupBy(sorted, ({ image, refusal: { kind, endpoint, message } }) =>
    ofRegistry.has(kind) ? `${kind} ${endpoint} ${message}` : `${kind} ${image.name}`,
  )
  return [...groups.values()].map(([first, ...others]) => {
    const { image, refusal } = first as RefusedImage
    const { fault, what, fix } = words[refusal.kind]
    const code = refusal.code === '' ? '' : ` (${refusal.code})`
    const names = new Set([image, ...others.map((one) => one.image)].map(({ name }) => name))
    const more = !ofRegistry.has(refusal.kind)
      ? ''
      : ` It is asked for ${names.size === 1 ? image.name : `${names.size} images, such as ${image.name}`}.`
    return problem({
      code: `registry/${refusal.kind}`,
      fault,
      what: `${what(image.name, { ...refusal, message: `${refusal.message}${code}` })}${more}`,
      where: image.where,
      fix: fix(refusal),
    })
  })
}
