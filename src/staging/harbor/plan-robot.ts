import { describedFor, isMarked, withMark } from '../../core/harbor/mark.ts'
import { sortedGrants } from '../../core/harbor/observed.ts'
import type { HarborRobot, RobotGrant } from '../../core/harbor/observed.ts'
import type { HarborStep } from '../../core/harbor/plan.ts'
import type { WantedRobot } from '../../core/harbor/wanted.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { ObservedHarbor } from './observe.ts'
import type { Part, Told } from './part.ts'

const isSame = (a: RobotGrant[], b: RobotGrant[]): boolean =>
  JSON.stringify(sortedGrants(a)) === JSON.stringify(sortedGrants(b))

/** `robot$nodes`, or `robot$bundles+shipper` of a project's; what stands before `$` is set in Harbor, and `$` may be another sign. */
const bearsName = ({ name }: HarborRobot, wanted: string): boolean =>
  name.endsWith(wanted) && /[^a-z0-9._-]$/.test(name.slice(0, -wanted.length))

const inWords = (grants: RobotGrant[]): string =>
  grants
    .map(
      ({ project, access }) =>
        `${access.map((one) => one.replace('repository:', '')).join(' and ')} ${project}`,
    )
    .join(', ') || 'nothing'

const otherFile = ({ name, at }: WantedRobot, { file, user }: { file: string; user: string }): Problem =>
  problem({
    code: 'harbor/other-login',
    what: `${file} holds a login for ${user}, not for the robot ${name}.`,
    where: [at, { in: 'file', file }],
    fix: 'Name another file; this one is left as it is.',
  })

const notOurs = (wanted: WantedRobot, live: HarborRobot): Problem =>
  problem({
    code: 'harbor/robot-not-ours',
    what: `Harbor has a robot ${live.name}, and scout did not make it.`,
    where: [wanted.at],
    fix: `Give it another name in harbor.robots, or have scout keep it: --adopt ${wanted.name}.`,
  })

/** Somebody may have had a reason. */
const disabled = (wanted: WantedRobot, live: HarborRobot): Problem =>
  problem({
    code: 'harbor/robot-disabled',
    severity: 'warning',
    what: `The robot ${live.name} is disabled in Harbor, and stays so.`,
    where: [wanted.at],
    fix: 'Enable it in Harbor, once you know why it was disabled.',
  })

const planPresent = (wanted: WantedRobot, live: HarborRobot, site: string, told: Told): Part => {
  const { name, grants } = wanted
  const marked = isMarked(live.description, site, name)
  const place = told.files.get(name)
  if (!marked && !told.adopt.includes(name)) return { steps: [], kept: [], problems: [notOurs(wanted, live)] }
  if (place !== undefined && place.user !== null && place.user !== live.name)
    return { steps: [], kept: [], problems: [otherFile(wanted, { ...place, user: place.user })] }
  const changes = [
    ...(isSame(live.grants, grants) && live.beyond.length === 0
      ? []
      : [
          `may ${inWords(live.grants)}${live.beyond.length > 0 ? ' and more than projects' : ''} → ${inWords(grants)}`,
        ]),
    ...(marked ? [] : ['adopted']),
  ]
  const steps: HarborStep[] = []
  if (changes.length > 0)
    steps.push({
      do: 'change robot',
      name: live.name,
      id: live.id,
      project: live.level === 'project' ? (grants[0]?.project ?? null) : null,
      description: marked ? live.description : withMark(live.description, site, name),
      grants,
      changes,
    })
  if (place?.user === null)
    steps.push({ do: 'renew secret', name: live.name, robot: name, id: live.id, file: place.file })
  return {
    steps,
    kept: steps.length === 0 ? [{ kind: 'robot', name: live.name, whose: 'ours' }] : [],
    problems: live.disabled ? [disabled(wanted, live)] : [],
  }
}

/** What is to be done so that there is a robot with these rights. A robot of one project belongs to it, one of several to the system. */
export const planRobot = (
  wanted: WantedRobot,
  site: string,
  { robots, projects }: ObservedHarbor,
  told: Told,
): Part => {
  const { name, grants } = wanted
  const [first] = grants
  const level = grants.length === 1 ? 'project' : 'system'
  const candidates = level === 'system' ? robots : (projects.get(first?.project ?? '')?.robots ?? [])
  const live =
    candidates.find((one) => isMarked(one.description, site, name)) ??
    candidates.find((one) => bearsName(one, name))
  if (live !== undefined) return planPresent(wanted, live, site, told)
  const place = told.files.get(name)
  if (place !== undefined && place.user !== null)
    return { steps: [], kept: [], problems: [otherFile(wanted, { ...place, user: place.user })] }
  return {
    steps: [
      {
        do: 'create robot',
        name,
        level,
        description: describedFor(site, name),
        grants,
        file: place?.file ?? null,
      },
    ],
    kept: [],
    problems: [],
  }
}
