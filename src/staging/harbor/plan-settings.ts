import type { HarborStep } from '../../core/harbor/plan.ts'
import type { Retention } from '../../core/harbor/retention.ts'
import { retentionInWords, sizeInWords } from '../../core/harbor/words.ts'
import type { WantedProject } from '../../core/harbor/wanted.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { ObservedProject } from './observe.ts'

const isSame = (a: Retention, b: Retention): boolean =>
  a.keep === b.keep && (a.keep !== 'pulled' || b.keep !== 'pulled' || a.days === b.days)

/** What makes a project that is there as it is declared. */
export const settingSteps = (wanted: WantedProject, live: ObservedProject): HarborStep[] => {
  const { name, keep, storage } = wanted
  const steps: HarborStep[] = []
  if (live.public !== wanted.public) steps.push({ do: 'set public', name, to: wanted.public })
  if (!isSame(live.keeps, keep)) steps.push({ do: 'set retention', name, from: live.keeps, to: keep })
  if (storage !== undefined && live.quota !== undefined && live.quota.storage !== storage)
    steps.push({ do: 'set quota', name, id: live.quota.id, from: live.quota.storage, to: storage })
  return steps
}

/** The retention that a project has to get once it is made, `from` what Harbor gives it. */
export const retentionOfNew = ({ name, keep }: WantedProject, from: Retention): HarborStep[] =>
  isSame(from, keep) ? [] : [{ do: 'set retention', name, from, to: keep }]

/** A limit that cannot be set, for Harbor counts nothing. */
export const uncounted = ({ name, storage, at }: WantedProject, live: ObservedProject): Problem[] =>
  storage === undefined || live.quota !== undefined
    ? []
    : [
        problem({
          code: 'harbor/no-quota',
          severity: 'warning',
          what: `Harbor has no quota for the project ${name}, so its limit of ${sizeInWords(storage)} is not set.`,
          where: [at],
          fix: "Switch quotas on in Harbor's configuration, or remove `storage`.",
        }),
      ]

/** The change that gives an endpoint scout's mark. */
export const adopted = 'adopted'

const difference = (step: HarborStep): string[] => {
  switch (step.do) {
    case 'change endpoint':
      return step.changes.filter((change) => change !== adopted).map((change) => `its endpoint: ${change}`)
    case 'set public':
      return [step.to ? 'it is not public' : 'it is public']
    case 'set retention':
      return [`it keeps ${retentionInWords(step.from)}, not ${retentionInWords(step.to)}`]
    case 'set quota':
      return [`its limit is ${sizeInWords(step.from)}, not ${sizeInWords(step.to)}`]
    default:
      return []
  }
}

/** How a project that somebody else made differs from what is declared; it is left as it is. */
export const leftAlone = ({ name, at }: WantedProject, steps: HarborStep[]): Problem[] => {
  const differences = steps.flatMap(difference)
  return differences.length === 0
    ? []
    : [
        problem({
          code: 'harbor/not-ours',
          severity: 'warning',
          what: `The project ${name} in Harbor is not as declared (${differences.join('; ')}), and scout did not make it, so it is left alone.`,
          where: [at],
          fix: `Change it in Harbor or in releases/site.yaml, or have scout keep it: --adopt ${name}.`,
        }),
      ]
}
