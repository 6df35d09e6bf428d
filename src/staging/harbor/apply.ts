import type { Harbor, HarborReply } from '../../core/effects/harbor.ts'
import type { RobotFiles } from '../../core/effects/robot-files.ts'
import { markOf } from '../../core/harbor/mark.ts'
import type { HarborProject, HarborRobot } from '../../core/harbor/observed.ts'
import type { HarborPlan, HarborStep } from '../../core/harbor/plan.ts'
import { refusedByHarbor } from '../../core/harbor/refused.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import type { Tell } from '../../core/stepper.ts'

interface ApplySystem {
  harbor: Harbor
  robotFiles: RobotFiles
  tell: Tell
}

/** A step in short, as it is told: `set retention dockerhub-proxy`. */
const subjectOf = (step: HarborStep): string => `${step.do} ${step.name}`

const passed = <T>(reply: HarborReply<T>, step: HarborStep): Outcome<T> =>
  reply.ok ? good(reply.value) : bad([refusedByHarbor(reply.refusal, subjectOf(step))])

const gone = (what: string): { ok: false; problems: Problems } =>
  bad([
    problem({
      code: 'harbor/gone',
      fault: 'world',
      what: `${what} is not in Harbor any more.`,
      fix: 'Run it again: it looks anew at what is there.',
    }),
  ])

const projectNamed = async (
  name: string,
  step: HarborStep,
  { harbor }: ApplySystem,
): Promise<Outcome<HarborProject>> => {
  const found = passed(await harbor.project(name), step)
  if (!found.ok) return found
  return found.value === undefined ? gone(`The project ${name}`) : good(found.value)
}

const createProject = async (
  step: HarborStep & { do: 'create project' },
  { harbor }: ApplySystem,
): Promise<Outcome<void>> => {
  const { name, storage, proxies } = step
  const project = { name, public: step.public, ...(storage !== undefined && { storage }) }
  if (proxies === null) return passed(await harbor.createProject(project), step)
  const endpoints = passed(await harbor.endpoints(), step)
  if (!endpoints.ok) return endpoints
  const endpoint = endpoints.value.find((one) => one.name === proxies.endpoint)
  if (endpoint === undefined) return gone(`The endpoint ${proxies.endpoint}`)
  return passed(await harbor.createProject({ ...project, endpoint: endpoint.id }), step)
}

/** Harbor answers for an upstream that is away with an error of its own. */
const withUpstream = (outcome: Outcome<void>, url: string): Outcome<void> =>
  outcome.ok
    ? outcome
    : bad(
        outcome.problems.map((one) =>
          one.code === 'harbor/refused' || one.code === 'harbor/failing'
            ? {
                ...one,
                why: `Harbor takes no endpoint that does not answer it: ${url} has to be reached from Harbor.`,
                fix: "Check the url, Harbor's own proxy settings and its log; then run it again.",
              }
            : one,
        ) as Problems,
      )

const createRobot = async (
  step: HarborStep & { do: 'create robot' },
  host: string,
  { harbor, robotFiles }: ApplySystem,
): Promise<Outcome<void>> => {
  const { name, description, level, grants, file } = step
  if (file === null) throw new Error('a robot without a file')
  const reserved = await robotFiles.reserve(file)
  if (!reserved.ok) return reserved
  const made = passed(await harbor.createRobot({ name, description, level, grants }), step)
  if (!made.ok) return made
  return await robotFiles.write(file, host, { user: made.value.name, password: made.value.secret })
}

const changeRobot = async (
  step: HarborStep & { do: 'change robot' },
  system: ApplySystem,
): Promise<Outcome<void>> => {
  const { harbor } = system
  const { id, project, name, description, grants } = step
  const owner = project === null ? good(undefined) : await projectNamed(project, step, system)
  if (!owner.ok) return owner
  const robots = passed(await harbor.robots(owner.value?.id), step)
  if (!robots.ok) return robots
  const live: HarborRobot | undefined = robots.value.find((one) => one.id === id)
  if (live === undefined) return gone(`The robot ${name}`)
  return passed(await harbor.updateRobot({ ...live, description, grants, beyond: [] }), step)
}

const renewSecret = async (
  step: HarborStep & { do: 'renew secret' },
  host: string,
  { harbor, robotFiles }: ApplySystem,
): Promise<Outcome<void>> => {
  const reserved = await robotFiles.reserve(step.file)
  if (!reserved.ok) return reserved
  const secret = passed(await harbor.renewSecret(step.id), step)
  if (!secret.ok) return secret
  return await robotFiles.write(step.file, host, { user: step.name, password: secret.value })
}

const carryOut = async (
  step: HarborStep,
  { site, host }: { site: string; host: string },
  system: ApplySystem,
): Promise<Outcome<void>> => {
  const { harbor } = system
  switch (step.do) {
    case 'create endpoint':
      return withUpstream(
        passed(await harbor.createEndpoint({ name: step.name, ...step.endpoint }), step),
        step.endpoint.url,
      )
    case 'change endpoint':
      return withUpstream(
        passed(await harbor.updateEndpoint(step.id, step.to), step),
        step.to.url ?? `the url of ${step.name}`,
      )
    case 'mark project':
      return passed(
        await harbor.createLabel({ name: markOf(site, step.name), description: step.description }),
        step,
      )
    case 'create project':
      return await createProject(step, system)
    case 'set public':
      return passed(await harbor.setPublic(step.name, step.to), step)
    case 'set retention': {
      const project = await projectNamed(step.name, step, system)
      return project.ok ? passed(await harbor.setRetention(project.value, step.to), step) : project
    }
    case 'set quota':
      return passed(await harbor.setQuota(step.id, step.to), step)
    case 'create robot':
      return await createRobot(step, host, system)
    case 'change robot':
      return await changeRobot(step, system)
    case 'renew secret':
      return await renewSecret(step, host, system)
  }
}

/** Robots whose login would have nowhere to go. */
const withoutFile = ({ steps }: HarborPlan): Problem[] =>
  steps
    .filter((step) => step.do === 'create robot' && step.file === null)
    .map(({ name }) =>
      problem({
        code: 'harbor/no-file',
        fault: 'usage',
        what: `There is no file for the login of the robot ${name}, which is to be made.`,
        why: 'Harbor tells the secret of a robot once.',
        fix: `Name a file that is not there yet: --robot ${name}=FILE.`,
      }),
    )

/**
 * Carries a plan out, step by step, and ends at the first that fails: what was done stays, and a plan made anew goes on from there. Nothing is begun
 * where a robot's login would have nowhere to go.
 */
export const applyHarbor = async (
  plan: HarborPlan,
  host: string,
  system: ApplySystem,
): Promise<Outcome<{ done: HarborStep[] }>> => {
  const found = withoutFile(plan)
  if (found.length > 0) return bad(found as Problems)
  const done: HarborStep[] = []
  for (const step of plan.steps) {
    const told = { tell: 'subject', stage: 'set Harbor up', subject: subjectOf(step) } as const
    system.tell({ ...told, state: 'working' })
    const outcome = await carryOut(step, { site: plan.site, host }, system)
    system.tell({ ...told, state: outcome.ok ? 'done' : 'failed' })
    if (!outcome.ok) {
      const [first, ...rest] = outcome.problems
      const left = plan.steps.length - done.length
      const so =
        done.length === 0
          ? `Nothing was done; ${left} ${left === 1 ? 'step is' : 'steps are'} left.`
          : `Done before: ${done.map(subjectOf).join(', ')}. ${left} ${left === 1 ? 'step is' : 'steps are'} left; running it again goes on there.`
      return bad([{ ...first, why: [first.why, so].filter((one) => one !== undefined).join(' ') }, ...rest])
    }
    done.push(step)
  }
  return good({ done })
}
