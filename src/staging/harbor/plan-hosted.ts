import { describedFor } from '../../core/harbor/mark.ts'
import type { HarborStep } from '../../core/harbor/plan.ts'
import type { WantedProject } from '../../core/harbor/wanted.ts'
import { problem } from '../../core/problem.ts'
import type { ObservedHarbor } from './observe.ts'
import type { Part, Told } from './part.ts'
import { leftAlone, retentionOfNew, settingSteps, uncounted } from './plan-settings.ts'

const mark = (site: string, name: string, adopts: boolean): HarborStep => ({
  do: 'mark project',
  name,
  description: describedFor(site, name),
  adopts,
})

/** What is to be done so that there is a project to push to. The mark is made first: what is cut off after the project knows it again. */
export const planHosted = (
  wanted: WantedProject,
  site: string,
  { projects, labels }: ObservedHarbor,
  { adopt }: Told,
): Part => {
  const { name, storage, at } = wanted
  const live = projects.get(name)
  if (live === undefined)
    return {
      steps: [
        ...(labels.has(name) ? [] : [mark(site, name, false)]),
        { do: 'create project', name, public: wanted.public, storage, proxies: null },
        ...retentionOfNew(wanted, { keep: 'always' }),
      ],
      kept: [],
      problems: [],
    }
  if (live.endpoint !== undefined)
    return {
      steps: [],
      kept: [],
      problems: [
        problem({
          code: 'harbor/is-proxy',
          what: `The project ${name} in Harbor is a proxy cache, so nothing can be pushed to it.`,
          where: [at],
          fix: 'Give it another name in harbor.hosted, or move that project away in Harbor.',
        }),
      ],
    }
  const settings = settingSteps(wanted, live)
  const problems = uncounted(wanted, live)
  if (!live.labelled && !adopt.includes(name))
    return {
      steps: [],
      kept: [{ kind: 'project', name, whose: "somebody else's" }],
      problems: [...problems, ...leftAlone(wanted, settings)],
    }
  const steps = [...(live.labelled ? [] : [mark(site, name, true)]), ...settings]
  return { steps, kept: steps.length === 0 ? [{ kind: 'project', name, whose: 'ours' }] : [], problems }
}
