import type { HarborRefusal } from '../effects/harbor.ts'
import { problem } from '../problem.ts'
import type { Problem } from '../problem.ts'

const untrusted = /^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_CERT)/

type Words = Pick<Problem, 'code' | 'fix'> & { says: string; why?: string; fault?: Problem['fault'] }

const wordsFor = ({ status, code, message, server }: HarborRefusal): Words => {
  const quoted = message === '' ? '' : `: ${message}`
  if (status === 0)
    return untrusted.test(code)
      ? {
          code: 'harbor/untrusted',
          says: `its certificate is not trusted (${code})${quoted}`,
          why: 'Whoever answers there could be anybody, so nothing was sent, no password either.',
          fix: "Name the certificate of the authority that signed it: --ca FILE. Check that the name in images.harbor is in Harbor's certificate.",
        }
      : {
          code: 'harbor/unreachable',
          says: `it does not answer (${code === '' ? message : `${code}${quoted}`})`,
          fix: `Check that Harbor runs and that ${server} is reached from here, through HTTPS_PROXY and NO_PROXY where they are set; then run it again.`,
        }
  if (code === 'NotHarbor')
    return {
      code: 'harbor/not-harbor',
      says: message,
      fix: `Check images.harbor in releases/site.yaml, and what stands between here and ${server}.`,
    }
  if (status === 401)
    return {
      code: 'harbor/credentials',
      says: `the login was not accepted (401)${quoted}`,
      fix: 'Check user and password in the file that --credentials, SCOUT_HARBOR_CREDENTIALS or REGISTRY_AUTH_FILE names (or log in anew). A robot may have expired or be disabled.',
      fault: 'input',
    }
  if (status === 403)
    return {
      code: 'harbor/forbidden',
      says: `this account may not do that (403)${quoted}`,
      fix: 'Use an account that may: endpoints, proxy projects and quotas are for system administrators.',
      fault: 'input',
    }
  if (status === 409)
    return {
      code: 'harbor/conflict',
      says: `there is one already (409)${quoted}`,
      fix: 'Run it again: it looks anew at what is there.',
    }
  if (status === 412)
    return {
      code: 'harbor/policy',
      says: `a rule of Harbor forbids it (412)${quoted}`,
      fix: "Mend what Harbor says, or change the site's section `harbor`.",
    }
  if (status === 429 || status >= 500)
    return {
      code: 'harbor/failing',
      says: `it failed (${status})${quoted}`,
      fix: "See the log of Harbor's core, and run it again.",
    }
  return {
    code: 'harbor/refused',
    says: `it refused (${status}${code === '' ? '' : ` ${code}`})${quoted}`,
    fix: "Mend what Harbor says, or change the site's section `harbor`.",
  }
}

/** A refusal as a problem. `doing` is what it was asked for, in words: `list the endpoints`. */
export const refusedByHarbor = (
  refusal: HarborRefusal,
  doing: string,
  where: Problem['where'] = [],
): Problem => {
  const { says, why, fault = 'world', ...words } = wordsFor(refusal)
  return problem({
    ...words,
    fault,
    what: `Harbor at ${refusal.server} was asked to ${doing}, and ${says.replace(/\.$/, '')}.`,
    where,
    ...(why !== undefined && { why }),
    raw: `${refusal.asked}\n${refusal.status} ${refusal.code}\n${refusal.message}`,
  })
}
