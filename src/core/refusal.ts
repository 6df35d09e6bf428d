import type { Asked, Refusal } from './effects/cluster.ts'
import { groupKindOf, nameOf } from './object.ts'
import type { ObjectId } from './object.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'

const thing = ({ group, resource, namespace, name }: Asked): string =>
  [
    group === '' ? resource : `${resource}.${group}`,
    name === '' ? '' : ` "${name}"`,
    namespace === '' ? '' : ` in namespace ${namespace}`,
  ].join('')

/** A place in a Secret, as messages about types name it. Keys are no secret. */
const secretPlace = /\.(?:data|stringData)\b(?:\.[\w.-]+)?/g

/** Whether the server's words may quote what was sent, and what was sent is secret. */
const mayQuoteSecret = ({ asked, status, message }: Refusal): boolean =>
  asked.group === '' &&
  asked.resource === 'secrets' &&
  ['create', 'patch', 'update'].includes(asked.verb) &&
  ([400, 413, 422, 500].includes(status) || /admission webhook|ValidatingAdmissionPolicy/.test(message))

/** What the server objects to, in its words; of a Secret only the places, because its words quote values. */
export const detailsOf = (refusal: Refusal): string => {
  if (mayQuoteSecret(refusal)) {
    const places = [...refusal.causes.map((one) => one.field), ...(refusal.message.match(secretPlace) ?? [])]
    const named = Array.from(new Set(places.filter((one) => one !== ''))).join(', ')
    return `${named === '' ? '' : `${named}: `}its words are not shown, because they may quote the Secret's values`
  }
  return refusal.causes.length === 0
    ? refusal.message
    : refusal.causes
        .map((cause) => (cause.field === '' ? cause.message : `${cause.field}: ${cause.message}`))
        .join('; ')
}

/** The reason of a refusal that is our own: who asks may not write any more. */
export const noLonger = 'NoLonger'

/** That a run was stopped, and why ('' where somebody wanted it so). */
export const stoppedProblem = (server: string, why: string): Problem =>
  problem({
    code: 'apply/stopped',
    fault: 'world',
    what: `The run was stopped${why === '' ? '' : `: ${why}`}; what was begun is finished, and the inventory knows how far it came.`,
    where: [{ in: 'cluster', server }],
    fix: 'Run it again: it goes on where it stopped.',
  })

/** The user as the API server knows them: it says so in every refusal for want of a right. */
const userOf = (message: string): string => /User "([^"]*)"/.exec(message)?.[1] ?? 'this user'

/** The webhook in `failed calling webhook "x.y.z": …service…`, or undefined. */
const webhookOf = (message: string): string | undefined =>
  /failed calling webhook "([^"]+)"/.exec(message)?.[1]

/** Node's codes of TLS errors: SELF_SIGNED_CERT_IN_CHAIN, UNABLE_TO_VERIFY_LEAF_SIGNATURE, ERR_TLS_CERT_ALTNAME_INVALID. */
const isOfCertificate = ({ reason }: Refusal): boolean => /CERT|UNABLE_TO_|_TLS_/.test(reason)

const ofNetwork = (refusal: Refusal): Problem =>
  problem({
    code: 'cluster/unreachable',
    fault: 'world',
    what: `The API server ${refusal.server} did not answer: ${refusal.message}.`,
    where: [{ in: 'cluster', server: refusal.server }],
    fix: isOfCertificate(refusal)
      ? "Put the authority that signed the server's certificate into the kubeconfig (certificate-authority-data)."
      : 'Check that the API server runs and that the kubeconfig names its address, then run it again.',
  })

const forbidden = (refusal: Refusal): Problem => {
  const { asked } = refusal
  return problem({
    code: 'cluster/forbidden',
    fault: 'world',
    what: `${userOf(refusal.message)} may not ${asked.verb} ${thing(asked)}.`,
    where: [{ in: 'cluster', server: refusal.server }],
    why: 'The API server refuses it by its access rules.',
    fix: `Grant the verb "${asked.verb}" on ${asked.group === '' ? asked.resource : `${asked.resource}.${asked.group}`} to ${userOf(refusal.message)}${asked.namespace === '' ? ' with a ClusterRole' : ` in namespace ${asked.namespace}`}, or use the kubeconfig of somebody who has it.`,
    raw: refusal.message,
  })
}

const unauthorized = (refusal: Refusal): Problem =>
  problem({
    code: 'cluster/unauthorized',
    fault: 'world',
    what: `The API server ${refusal.server} does not accept these credentials.`,
    where: [{ in: 'cluster', server: refusal.server }],
    fix: 'Renew the credentials in the kubeconfig: the certificate or token may have expired.',
    raw: refusal.message,
  })

/**
 * The problem that a refusal is, in general: no answer, no right, no valid credentials, or the server's own words.
 * `object` is named where the request was about one of the set.
 */
export const problemOfRefusal = (refusal: Refusal, object?: ObjectId): Problem => {
  if (refusal.reason === noLonger) return stoppedProblem(refusal.server, refusal.message)
  if (refusal.status === 0) return ofNetwork(refusal)
  if (refusal.status === 401) return unauthorized(refusal)
  const where: Problem['where'] = object ? [{ in: 'object', object }] : []
  if (
    refusal.status === 403 &&
    refusal.reason === 'Forbidden' &&
    /\bcannot\b/.test(refusal.message) &&
    !mayQuoteSecret(refusal)
  )
    return { ...forbidden(refusal), where: [...where, { in: 'cluster', server: refusal.server }] }
  const subject = object ? nameOf(object) : `${refusal.asked.verb} ${thing(refusal.asked)}`
  const webhook = webhookOf(refusal.message)
  if (webhook !== undefined)
    return problem({
      code: 'cluster/webhook-failed',
      fault: 'world',
      what: `${subject}: the admission webhook ${webhook} could not be asked.`,
      where,
      fix: `Look at the Service behind the webhook ${webhook}: it must answer before this can be applied.`,
      ...(!mayQuoteSecret(refusal) && { raw: refusal.message }),
    })
  return problem({
    code: 'cluster/refused',
    fault: refusal.status === 400 || refusal.status === 422 || refusal.status === 403 ? 'input' : 'world',
    what: `${subject}: the API server answered ${[refusal.status, refusal.reason].filter((word) => word !== '').join(' ')}: ${mayQuoteSecret(refusal) ? detailsOf(refusal) : refusal.message}`,
    where,
    fix:
      object === undefined
        ? 'Look at what the API server says and run it again.'
        : `Correct the ${groupKindOf(object)} where it is declared, and build a new bundle.`,
  })
}
