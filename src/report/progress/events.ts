import type { JsonObject } from '../../core/json.ts'
import type { Tell, Told } from '../../core/stepper.ts'
import { jsonText } from '../json-text.ts'

/** What an event says beside its time; undefined for what is no event: a log may hold secrets, and is for a person alone. */
const eventOf = (told: Told): object | undefined => {
  switch (told.tell) {
    case 'stage':
      return { event: `stage ${told.state}`, stage: told.stage, ...whyOf(told.note) }
    case 'subject':
      return {
        event: `release ${told.state}`,
        stage: told.stage,
        release: told.subject,
        ...(told.ready && { ready: told.ready }),
        ...whyOf(told.note),
      }
    case 'object':
      return {
        event: `object ${told.state}`,
        stage: told.stage,
        release: told.subject,
        object: told.object,
        ...whyOf(told.note),
      }
    case 'warning':
      return { event: 'warning', problem: told.problem }
    case 'words':
      return { event: 'words', from: told.from, text: told.text }
    case 'log':
      return undefined
  }
}

const whyOf = (note: string | undefined): JsonObject => (note === undefined ? {} : { why: note })

/** What two events must have in common to be of the same thing. */
const subjectOf = (told: Told): string | undefined =>
  told.tell === 'subject'
    ? `${told.stage} ${told.subject}`
    : told.tell === 'object'
      ? `${told.stage} ${told.subject} ${told.object}`
      : undefined

/**
 * Each event as a line of JSON, for programs: `{"time","event","release","object","why"}`, those that it has. What says the same as the event
 * before of its release or object is left out; others' own words come only with `verbose`.
 */
export const eventProgress = (
  write: (text: string) => void,
  { verbose, now }: { verbose: boolean; now: () => number },
): Tell => {
  const said = new Map<string, string>()
  return (told) => {
    const event = told.tell === 'words' && !verbose ? undefined : eventOf(told)
    if (event === undefined) return
    const subject = subjectOf(told)
    if (subject !== undefined) {
      const text = jsonText(event)
      if (said.get(subject) === text) return
      said.set(subject, text)
    }
    write(jsonText({ time: new Date(now()).toISOString(), ...event }))
  }
}
