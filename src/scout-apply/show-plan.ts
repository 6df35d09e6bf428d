import { readApproved } from '../control-plane/plan/approve.ts'
import type { ApprovedPlan } from '../control-plane/plan/approve.ts'
import type { Values } from '../command-line/command.ts'
import { printJson } from '../core/json.ts'
import type { JudgedPlan } from '../core/judged.ts'
import { planDocument } from '../core/plan-document.ts'
import { bad, good, problem } from '../core/problem.ts'
import { planHtml } from '../report/html/plan.ts'
import { shownJson } from '../report/json-text.ts'
import { paintIn } from '../report/paint.ts'
import { describePlan } from '../report/plan.ts'
import { visible } from '../report/visible.ts'
import { readInput } from '../system/input-file.ts'
import { writeOutput } from '../system/output-file.ts'
import type { Run } from './run.ts'

/** Options about plans, of the commands that make one and carry it out. */
export const planOptions = {
  'save-plan': { value: 'FILE', help: 'with --dry-run: write the plan to this file, for --approve-plan' },
  html: { value: 'FILE', help: 'with --dry-run: write the plan as a page to read, in one file' },
  'approve-plan': {
    value: 'FILE',
    help: 'apply only if what would be done is still what this saved plan says; with --dry-run: see whether it is',
  },
  'allow-version-skew': {
    help: 'consent to a server more than one minor version away from what the bundle was made for',
  },
} as const

type PlanValues = Pick<Values<typeof planOptions>, 'save-plan' | 'html' | 'approve-plan'> & {
  'dry-run': boolean
}

/**
 * The plan that people have agreed to, where the command line names one. Read before anything is asked of the cluster; files that would be written of a
 * plan without one being shown are wrong usage.
 */
export const readPlanOptions = async (
  { step }: Run,
  options: PlanValues,
): Promise<ApprovedPlan | undefined> => {
  const named = (['save-plan', 'html'] as const).filter((name) => options[name] !== undefined)
  if (!options['dry-run'] && named.length > 0)
    await step('read options', async () =>
      bad([
        problem({
          code: 'usage/plan-not-shown',
          fault: 'usage',
          what: `--${named.join(' and --')} ${named.length === 1 ? 'goes' : 'go'} with --dry-run alone.`,
          fix: 'Make the plan first: add --dry-run. Apply it then with --approve-plan.',
        }),
      ]),
    )
  const file = options['approve-plan']
  if (file === undefined) return undefined
  const bytes = await step('read the approved plan', () => readInput(file, 'saved plan'))
  return await step('check the approved plan', async () => readApproved(bytes, file))
}

/** Answers with a plan, and writes it to the files that the command line names. All of them are the same plan, with the same digest. */
export const showPlan = async (
  { step, answer, terminal }: Run,
  plan: JudgedPlan,
  options: PlanValues,
): Promise<void> => {
  const document = planDocument(plan)
  const { html: page, 'save-plan': saved } = options
  if (saved !== undefined)
    await step('save the plan', async () =>
      good(await writeOutput(saved, `${shownJson(printJson(document, 2))}\n`)),
    )
  if (page !== undefined)
    await step('write the page', async () => good(await writeOutput(page, planHtml(plan, document.digest))))
  const agreed = options['approve-plan']
  const approval = agreed === undefined ? '' : `This is what ${visible(agreed)} agrees to.\n`
  answer(document, `${describePlan(plan, paintIn(terminal.out.colour))}${approval}`)
}
