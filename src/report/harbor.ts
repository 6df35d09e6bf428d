import type { HarborKept, HarborPlan, HarborStep } from '../core/harbor/plan.ts'
import { retentionInWords, sizeInWords } from '../core/harbor/words.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'
import { visible } from './visible.ts'

const openness = (isPublic: boolean): string => (isPublic ? 'public' : 'private')

const words = (step: HarborStep): string => {
  switch (step.do) {
    case 'create endpoint':
      return `+ endpoint ${step.name} (${step.endpoint.type}, ${step.endpoint.url}${step.endpoint.insecure ? ', certificate not verified' : ''})`
    case 'change endpoint':
      return `~ endpoint ${step.name}: ${step.changes.join(', ')}`
    case 'mark project':
      return step.adopts
        ? `~ project ${step.name}: adopted, by a label`
        : `+ label by which scout knows the project ${step.name} again`
    case 'create project': {
      const { name, proxies, storage } = step
      const kind = proxies === null ? 'to push to' : `proxy of ${proxies.registry}`
      return `+ project ${name} (${kind}, ${openness(step.public)}${storage === undefined ? '' : `, ${sizeInWords(storage)}`})`
    }
    case 'set public':
      return `~ project ${step.name}: ${openness(!step.to)} → ${openness(step.to)}`
    case 'set retention':
      return `~ project ${step.name}: keeps ${retentionInWords(step.from)} → ${retentionInWords(step.to)}`
    case 'set quota':
      return `~ project ${step.name}: ${sizeInWords(step.from)} → ${sizeInWords(step.to)}`
    case 'create robot':
      return `+ robot ${step.name} (${step.grants.map(({ project, access }) => `${access.includes('repository:push') ? 'pushes to' : 'pulls from'} ${project}`).join(', ')}; login into ${step.file ?? 'a file that --robot has to name'})`
    case 'change robot':
      return `~ robot ${step.name}: ${step.changes.join(', ')}`
    case 'renew secret':
      return `± robot ${step.name}: new secret into ${step.file}; the one that it has now is void then`
  }
}

const colour = (line: string, paint: Paint): string =>
  line.startsWith('+') ? paint.green(line) : paint.yellow(line)

const keptWords: { [whose in HarborKept['whose']]: string } = {
  ours: '',
  "somebody else's": " (somebody else's, left alone)",
  forgotten: ' (made by scout and no longer declared; delete it by hand with its project)',
}

const keptLine = ({ kind, name, whose }: HarborKept): string =>
  visible(`= ${kind} ${name}${keptWords[whose]}`)

/** A plan in words: `+` is made, `~` is changed, `±` is replaced, `=` stays. Nothing is ever deleted. */
export const describeHarborPlan = ({ server, steps, kept }: HarborPlan, paint: Paint): string =>
  [
    paint.bold(visible(server)),
    ...steps.map((step) => `  ${colour(visible(words(step)), paint)}`),
    ...kept.map((one) => `  ${paint.dim(keptLine(one))}`),
    steps.length === 0 ? 'Harbor is as declared: nothing to do.' : `${counted(steps.length, 'step')} to do.`,
    '',
  ].join('\n')
