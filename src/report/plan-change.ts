import { fieldManagerOf } from '../core/applyset.ts'
import type { JudgedChange, JudgedField } from '../core/judged.ts'
import { nameOf } from '../core/object.ts'
import { fieldText } from './comparison-text.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'
import { shortened, visible } from './visible.ts'

/** Lines of the fields of one object in a terminal; JSON and HTML have all of them. */
const mostFields = 20

const safe = (text: string): string => shortened(visible(text), 300)

/** Why an object is sent, where that is more than that it differs. */
export const becauseWords = (change: JudgedChange): string =>
  change.because === 'new' || change.because === 'changed' ? '' : ` (${change.because})`

/** `owner: kubectl-edit → scout-apply:shop`, where a field has another owner than us, now or then; '' where it is ours or nobody's. */
export const ownersWords = ({ owners }: JudgedField, set: string): string => {
  const ours = fieldManagerOf(set)
  const foreign = (names: string[]): string[] => names.filter((name) => name !== ours)
  if (foreign(owners.before).length === 0 && foreign(owners.after).length === 0) return ''
  const words = (names: string[]): string => (names.length === 0 ? 'nobody' : names.map(safe).join(', '))
  const [before, after] = [words(owners.before), words(owners.after)]
  return before === after ? `owner: ${before}` : `owner: ${before} → ${after}`
}

const fieldLinesOf = (field: JudgedField, set: string, paint: Paint): string[] => {
  const owners = ownersWords(field, set)
  const note = owners === '' ? '' : ` ${paint.dim(`(${owners})`)}`
  if (field.change === 'hidden') return [`      ${safe(field.name)}${note}: ${field.how} (not shown)`]
  return fieldText(field, { paint, verbose: false }, note)
}

/** What is done about fields that others own. */
export const settledWords = ({ settled }: JudgedChange): string[] =>
  settled.map(({ manager, field, how }) =>
    how === 'taken'
      ? `${safe(field)} is taken over from ${safe(manager)}`
      : `${safe(field)} is left to ${safe(manager)}`,
  )

/** One change as the server judges it, in lines of a terminal; the first one is the object. */
export const changeLines = (change: JudgedChange, set: string, paint: Paint): string[] => {
  const name = safe(nameOf(change.id))
  const settled = settledWords(change).map((line) => `      ${line}`)
  switch (change.comes) {
    case 'created':
      return [paint.green(`+ ${name}`)]
    case 'changed': {
      const shown = change.fields.slice(0, mostFields)
      const left = change.fields.length - shown.length
      return [
        paint.yellow(`~ ${name}${becauseWords(change)}`),
        ...shown.flatMap((field) => fieldLinesOf(field, set, paint)),
        ...(left > 0
          ? [`      … and ${counted(left, 'more field')} (--html and --output json have all)`]
          : []),
        ...settled,
      ]
    }
    case 'same':
      return settled.length === 0 ? [] : [paint.dim(`= ${name}, nothing in it changes`), ...settled]
    case 'recreated':
      return [paint.red(`± ${name} is deleted and made anew: ${safe(change.why)}`)]
    case 'conflict':
      return [
        paint.red(`✗ ${name}: fields are somebody else's, so the apply will be refused`),
        ...change.conflicts.map(({ manager, field }) => `      ${safe(field)} is set by ${safe(manager)}`),
      ]
    case 'not checked':
      return [
        paint.yellow(`${change.because === 'new' ? '+' : '~'} ${name}${becauseWords(change)}`) +
          paint.dim(`, not checked by the server: ${safe(change.why)}`),
      ]
  }
}
