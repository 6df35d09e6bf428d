import { isMarked, isOfSite } from '../../core/harbor/mark.ts'
import type { HarborKept, HarborPlan } from '../../core/harbor/plan.ts'
import type { WantedHarbor } from '../../core/harbor/wanted.ts'
import { problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { suggest } from '../../core/suggest.ts'
import type { ObservedHarbor } from './observe.ts'
import type { Part, Told } from './part.ts'
import { planHosted } from './plan-hosted.ts'
import { planProxy } from './plan-proxy.ts'
import { planRobot } from './plan-robot.ts'

const unknownNames = (wanted: WantedHarbor, { adopt, files }: Told): Problem[] => {
  const robots = wanted.robots.map(({ name }) => name)
  const adoptable = [
    ...wanted.proxies.flatMap(({ name, registry }) => [name, registry]),
    ...wanted.hosted.map(({ name }) => name),
    ...robots,
  ]
  const told = (option: string, name: string, known: string[]): Problem => {
    const near = suggest(name, known)
    return problem({
      code: 'harbor/unknown-name',
      fault: 'usage',
      what: `${option} names ${name}, and the site declares nothing of that name.`,
      fix:
        near === undefined ? 'Declare it in releases/site.yaml, or leave it out.' : `Did you mean ${near}?`,
    })
  }
  return [
    ...adopt.filter((name) => !adoptable.includes(name)).map((name) => told('--adopt', name, adoptable)),
    ...[...files.keys()]
      .filter((name) => !robots.includes(name))
      .map((name) => told('--robot', name, robots)),
  ]
}

/** Endpoints that scout made for registries that the site no longer has. */
const forgotten = ({ site, proxies }: WantedHarbor, { endpoints }: ObservedHarbor): HarborKept[] =>
  endpoints
    .filter(
      ({ description }) =>
        isOfSite(description, site) && !proxies.some(({ registry }) => isMarked(description, site, registry)),
    )
    .map(({ name }) => ({ kind: 'endpoint', name, whose: 'forgotten' }))

/**
 * What has to be done so that Harbor is as the site says; pure. What somebody else made is changed only where `adopt` names it: where it is as
 * declared it is left alone, where it differs in what pulls do not depend on that is warned of, and where it stands for something else that is refused.
 */
export const planHarbor = (
  wanted: WantedHarbor,
  observed: ObservedHarbor,
  told: Told,
): Outcome<HarborPlan> => {
  const parts: Part[] = [
    ...wanted.proxies.map((one) => planProxy(one, wanted.site, observed, told)),
    ...wanted.hosted.map((one) => planHosted(one, wanted.site, observed, told)),
    ...wanted.robots.map((one) => planRobot(one, wanted.site, observed, told)),
  ]
  const problems = [...unknownNames(wanted, told), ...parts.flatMap((one) => one.problems)]
  return unless(problems, () => ({
    server: observed.server,
    site: wanted.site,
    steps: parts.flatMap(({ steps }) => steps),
    kept: [...parts.flatMap(({ kept }) => kept), ...forgotten(wanted, observed)],
  }))
}
