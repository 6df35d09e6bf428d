import { describedFor, endpointNameOf, isMarked, withMark } from '../../core/harbor/mark.ts'
import type { Endpoint } from '../../core/harbor/observed.ts'
import type { HarborStep } from '../../core/harbor/plan.ts'
import { proxyDefault } from '../../core/harbor/retention.ts'
import { upstreamOf } from '../../core/harbor/upstream.ts'
import type { WantedProxy } from '../../core/harbor/wanted.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { ObservedHarbor, ObservedProject } from './observe.ts'
import type { Part, Told } from './part.ts'
import { adopted, leftAlone, retentionOfNew, settingSteps, uncounted } from './plan-settings.ts'

const refused = (problems: Problem[]): Part => ({ steps: [], kept: [], problems })

const isSameUpstream = ({ url }: Endpoint, { endpoint }: WantedProxy): boolean =>
  upstreamOf(url) === upstreamOf(endpoint.url)

/** The kind of an endpoint cannot be changed. */
const otherType = (endpoint: Endpoint, { registry, endpoint: wanted, at }: WantedProxy): Problem[] =>
  endpoint.type === wanted.type
    ? []
    : [
        problem({
          code: 'harbor/other-type',
          severity: 'warning',
          what: `The endpoint ${endpoint.name} for ${registry} is of the type ${endpoint.type}, not ${wanted.type}.`,
          where: [at],
          ...(wanted.type === 'docker-hub' && {
            why: 'Harbor adds library/ to the names of official images for endpoints of the type docker-hub alone.',
          }),
          fix: `Harbor can't change the type of an endpoint: make another one by hand for the project, or write \`type: ${endpoint.type}\` in harbor.registries.`,
        }),
      ]

/** Harbor takes an address without a scheme for http. */
const isInClear = (url: string): boolean => !/^https:/i.test(url)

const spoken = (insecure: boolean): string => (insecure ? 'not verified' : 'verified')

/** What makes an endpoint that is there as it is declared, and scout's. */
const endpointSteps = (endpoint: Endpoint, wanted: WantedProxy, site: string): HarborStep[] => {
  const { url, insecure } = wanted.endpoint
  const changes: string[] = []
  const to: Partial<Pick<Endpoint, 'url' | 'insecure' | 'description'>> = {}
  if (!isSameUpstream(endpoint, wanted) || isInClear(endpoint.url) !== isInClear(url)) {
    to.url = url
    changes.push(`url ${endpoint.url} → ${url}`)
  }
  if (endpoint.insecure !== insecure) {
    to.insecure = insecure
    changes.push(`certificate ${spoken(endpoint.insecure)} → ${spoken(insecure)}`)
  }
  if (!isMarked(endpoint.description, site, wanted.registry)) {
    to.description = withMark(endpoint.description, site, wanted.registry)
    changes.push(adopted)
  }
  return changes.length === 0
    ? []
    : [{ do: 'change endpoint', name: endpoint.name, id: endpoint.id, to, changes }]
}

const isAdopted = ({ name, registry }: WantedProxy, { adopt }: Told): boolean =>
  adopt.includes(name) || adopt.includes(registry)

/** The project is there: it has to be a proxy of this registry. */
const planPresent = (
  wanted: WantedProxy,
  live: ObservedProject,
  site: string,
  { endpoints }: ObservedHarbor,
  told: Told,
): Part => {
  const { name, registry, at } = wanted
  if (live.endpoint === undefined)
    return refused([
      problem({
        code: 'harbor/no-proxy',
        what: `The project ${name} in Harbor is no proxy cache, so it cannot stand for ${registry}.`,
        where: [at],
        why: 'Harbor makes a project a proxy when it is made, and never later.',
        fix: 'Give the registry a project of another name in images.projects, or move that project away in Harbor.',
      }),
    ])
  const endpoint = endpoints.find(({ id }) => id === live.endpoint)
  const isOurs = endpoint !== undefined && isMarked(endpoint.description, site, registry)
  if (endpoint === undefined || (!isOurs && !isSameUpstream(endpoint, wanted)))
    return refused([
      problem({
        code: 'harbor/other-upstream',
        what: `The project ${name} in Harbor stands for ${endpoint === undefined ? 'an endpoint that is not listed' : `${endpoint.url} (endpoint ${endpoint.name})`}, not for ${registry}.`,
        where: [at],
        why: 'Nodes would pull the images of another registry from there.',
        fix: `Give the registry a project of another name in images.projects, or say in harbor.registries where Harbor reaches it.`,
      }),
    ])
  const steps = [...endpointSteps(endpoint, wanted, site), ...settingSteps(wanted, live)]
  const problems = [...otherType(endpoint, wanted), ...uncounted(wanted, live)]
  if (!isOurs && !isAdopted(wanted, told))
    return {
      steps: [],
      kept: [{ kind: 'project', name, whose: "somebody else's" }],
      problems: [...problems, ...leftAlone(wanted, steps)],
    }
  return { steps, kept: steps.length === 0 ? [{ kind: 'project', name, whose: 'ours' }] : [], problems }
}

/** The project is to be made; its endpoint may be there, from a run that was cut off or from somebody else. */
const planAbsent = (wanted: WantedProxy, site: string, { endpoints }: ObservedHarbor, told: Told): Part => {
  const { name, registry, at, storage } = wanted
  const endpoint =
    endpoints.find(({ description }) => isMarked(description, site, registry)) ??
    endpoints.find((one) => one.name === endpointNameOf(registry))
  const isOurs = endpoint !== undefined && isMarked(endpoint.description, site, registry)
  if (endpoint !== undefined && !isOurs) {
    const isFit = isSameUpstream(endpoint, wanted)
    if (!isFit || !isAdopted(wanted, told))
      return refused([
        problem({
          code: isFit ? 'harbor/endpoint-not-ours' : 'harbor/other-upstream',
          what: `Harbor has an endpoint ${endpoint.name}${isFit ? '' : ` that leads to ${endpoint.url}`}, and scout did not make it.`,
          where: [at],
          fix: isFit
            ? `Have scout keep it from now on: --adopt ${registry}.`
            : 'Rename it in Harbor, or say in harbor.registries where Harbor reaches the registry.',
        }),
      ])
  }
  const problems = endpoint === undefined ? [] : otherType(endpoint, wanted)
  const before: HarborStep[] =
    endpoint === undefined
      ? [
          {
            do: 'create endpoint',
            name: endpointNameOf(registry),
            endpoint: { ...wanted.endpoint, description: describedFor(site, registry) },
          },
        ]
      : endpointSteps(endpoint, wanted, site)
  return {
    steps: [
      ...before,
      {
        do: 'create project',
        name,
        public: wanted.public,
        storage,
        proxies: { endpoint: endpoint?.name ?? endpointNameOf(registry), registry },
      },
      ...retentionOfNew(wanted, proxyDefault),
    ],
    kept: [],
    problems,
  }
}

/** What is to be done so that a project caches a registry. */
export const planProxy = (wanted: WantedProxy, site: string, observed: ObservedHarbor, told: Told): Part => {
  const live = observed.projects.get(wanted.name)
  return live === undefined
    ? planAbsent(wanted, site, observed, told)
    : planPresent(wanted, live, site, observed, told)
}
