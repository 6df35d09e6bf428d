import type { Harbor, HarborReply } from '../../core/effects/harbor.ts'
import type {
  Component,
  Endpoint,
  HarborProject,
  HarborQuota,
  HarborRobot,
} from '../../core/harbor/observed.ts'
import { markOf } from '../../core/harbor/mark.ts'
import { refusedByHarbor } from '../../core/harbor/refused.ts'
import type { Retention } from '../../core/harbor/retention.ts'
import type { WantedHarbor } from '../../core/harbor/wanted.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'

export interface ObservedProject extends HarborProject {
  keeps: Retention
  /** Undefined where Harbor has quotas switched off, or where the site says nothing of one. */
  quota: HarborQuota | undefined
  /** There is a label of scout's for a hosted project of this name. */
  labelled: boolean
  /** Those that belong to it. */
  robots: HarborRobot[]
}

/** All of Harbor that the site speaks of. */
export interface ObservedHarbor {
  server: string
  endpoints: Endpoint[]
  projects: Map<string, ObservedProject>
  /** Labels that scout made, by project; also of projects that are not there. */
  labels: Set<string>
  /** Those of the system. */
  robots: HarborRobot[]
}

/** Thrown and caught in this file alone: what is asked one after the other ends at the first refusal. */
class Stopped extends Error {
  readonly problem: Problem
  constructor(told: Problem) {
    super(told.what)
    this.problem = told
  }
}

const asked = async <T>(reply: Promise<HarborReply<T>>, doing: string): Promise<T> => {
  const answer = await reply
  if (answer.ok) return answer.value
  throw new Stopped(refusedByHarbor(answer.refusal, doing))
}

const unwell = (components: Component[], server: string): Problem[] =>
  components
    .filter(({ healthy }) => !healthy)
    .map(({ name, error }) =>
      problem({
        code: 'harbor/unhealthy',
        severity: 'warning',
        fault: 'world',
        what: `Harbor at ${server} says that its ${name} is not healthy${error === '' ? '' : `: ${error.slice(0, 200)}`}.`,
        fix: "See that component's log.",
      }),
    )

const observe = async (wanted: WantedHarbor, harbor: Harbor): Promise<ObservedHarbor> => {
  // First: it is for administrators, while anybody at all is told of public projects.
  const endpoints = await asked(harbor.endpoints(), 'list the registry endpoints')
  const labels = new Set<string>()
  for (const { name } of wanted.hosted) {
    const label = markOf(wanted.site, name)
    if ((await asked(harbor.label(label), `find the label ${label}`)) !== undefined) labels.add(name)
  }
  const projects = new Map<string, ObservedProject>()
  for (const one of [...wanted.proxies, ...wanted.hosted]) {
    const project = await asked(harbor.project(one.name), `show the project ${one.name}`)
    if (project === undefined) continue
    projects.set(one.name, {
      ...project,
      keeps:
        project.retention === undefined
          ? { keep: 'always' }
          : await asked(harbor.retention(project.retention), `show the retention of ${one.name}`),
      quota:
        one.storage === undefined
          ? undefined
          : await asked(harbor.quota(project.id), `show the quota of ${one.name}`),
      labelled: labels.has(one.name),
      robots: wanted.robots.some(({ grants }) => grants.length === 1 && grants[0]?.project === one.name)
        ? await asked(harbor.robots(project.id), `list the robots of ${one.name}`)
        : [],
    })
  }
  const robots = wanted.robots.some(({ grants }) => grants.length > 1)
    ? await asked(harbor.robots(), 'list the robots of the system')
    : []
  return { server: harbor.server, endpoints, projects, labels, robots }
}

/** Reads what Harbor has of what the site speaks of. Components that are not well are warned of. */
export const observeHarbor = async (
  wanted: WantedHarbor,
  { harbor }: { harbor: Harbor },
): Promise<Outcome<ObservedHarbor>> => {
  try {
    const components = await asked(harbor.health(), 'tell how it is')
    return good(await observe(wanted, harbor), unwell(components, harbor.server))
  } catch (error) {
    if (error instanceof Stopped) return bad([error.problem])
    throw error
  }
}
