import type { Outcome, Problem, Problems, Where } from '../problem.ts'
import { printJson } from '../json.ts'
import type { RunReport } from '../run-report.ts'
import type { Told } from '../stepper.ts'

/** What stands in the place of a value. */
const mask = '(site value)'
/** A shorter one is masked only as a whole word: else any text would be full of it. */
const shortest = 6
/** How long the pieces are by which a long one is found. */
const piece = 32
/** A beginning of a value is masked from this length on, where the text was cut there. */
const shortestCut = 12

/**
 * A value in base64 as it looks inside of bigger texts, at each of the three ways that its first byte can fall: the characters that depend on it alone.
 */
const base64Forms = (text: string): string[] =>
  [0, 1, 2]
    .map((before) => {
      const length = before + Buffer.byteLength(text)
      const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString('base64')
      return encoded.slice(Math.ceil((before * 8) / 6), Math.floor((length * 8) / 6))
    })
    .filter((form) => form.length >= shortest)

/** Pieces of a long value: servers cut what they quote, and quote keys line by line. */
const piecesOf = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('-----'))
    .flatMap((line) =>
      Array.from({ length: Math.ceil(line.length / piece) }, (_, at) =>
        line.slice(at * piece, (at + 1) * piece),
      ),
    )
    .filter((one) => one.length >= piece / 2)

/** A text between the quotes of JSON. */
const inJson = (text: string): string => printJson(text).slice(1, -1)

/** The same as Go writes it: what means something in HTML is escaped too. */
const inGoJson = (text: string): string =>
  inJson(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => String.raw`\u` + sign.charCodeAt(0).toString(16).padStart(4, '0'),
  )

/** In JSON, and in JSON inside of JSON. */
const jsonForms = (text: string): string[] => {
  const [once, byGo] = [inJson(text), inGoJson(text)]
  return [once, byGo, inJson(once), inGoJson(once), inJson(byGo)]
}

const formsOf = (text: string): string[] => [
  text,
  text.trimEnd(),
  ...jsonForms(text),
  encodeURIComponent(text.toWellFormed()),
  ...base64Forms(text),
  ...(text.length > piece ? piecesOf(text) : []),
  ...(text.length > piece ? base64Forms(text).flatMap(piecesOf) : []),
]

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)

/** Replaces one form of a value in a text. */
const maskOf = (form: string): ((text: string) => string) => {
  if (form.length >= shortest) return (text) => (text.includes(form) ? text.replaceAll(form, mask) : text)
  const word = new RegExp(`(?<![A-Za-z0-9])${escaped(form)}(?![A-Za-z0-9])`, 'g')
  return (text) => text.replace(word, mask)
}

const isCutAt = (text: string, at: number): boolean =>
  at === text.length || text.startsWith('…', at) || text.startsWith('...', at)

/** How many characters of a form, which begins at `start` of a text, stand there before a cut; 0 where it was not cut. */
const cutLength = (text: string, start: number, form: string): number => {
  let same = shortestCut
  while (same < form.length && text[start + same] === form[same]) same += 1
  // The dots of a cut may be those of the form as well.
  const lengths = [same, same - 1, same - 2, same - 3].filter((one) => one >= shortestCut)
  return lengths.find((one) => isCutAt(text, start + one)) ?? 0
}

/** Replaces the beginning of a form where the text was cut within it. */
const cutMaskOf = (form: string): ((text: string) => string) => {
  if (form.length <= shortestCut) return (text) => text
  const head = form.slice(0, shortestCut)
  return (told) => {
    let text = told
    for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, at + 1)) {
      const length = cutLength(text, at, form)
      if (length > 0) text = text.slice(0, at) + mask + text.slice(at + length)
    }
    return text
  }
}

/** Masks values in whatever is told: servers quote what they refuse, and operators write it into events and conditions. */
export interface Scrub {
  text(told: string): string
  problem(told: Problem): Problem
  told(told: Told): Told
  outcome<T>(outcome: Outcome<T>): Outcome<T>
  report(report: RunReport): RunReport
}

/** All texts of a value, however deep; not the names of its fields. */
const inTexts = <T>(value: T, mend: (text: string) => string): T => {
  if (typeof value === 'string') return mend(value) as T
  if (Array.isArray(value)) return value.map((item: unknown) => inTexts(item, mend)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inTexts(item, mend)])) as T
}

/**
 * A scrub for these values: each is masked in clear, as JSON and URLs write it, and in base64, also as a part of a bigger text; a long one
 * also where only a part of it is quoted, and the beginning of one (12 characters or more) where the text ends or has `…` or `...`. Values of under 6 characters only where they stand as a word.
 */
export const scrubOf = (values: Iterable<string>): Scrub => {
  const forms = new Set(Array.from(values).flatMap(formsOf))
  forms.delete('')
  if (forms.size === 0)
    return {
      text: (one) => one,
      problem: (one) => one,
      told: (one) => one,
      outcome: (one) => one,
      report: (one) => one,
    }
  const masks = Array.from(forms)
    .sort((a, b) => b.length - a.length)
    .flatMap((form) => [maskOf(form), cutMaskOf(form)])
  const mend = (text: string): string => masks.reduce((told, mask) => mask(told), text)
  const problem = (one: Problem): Problem => ({
    ...inTexts(one, mend),
    code: one.code,
    severity: one.severity,
    fault: one.fault,
    where: one.where.map((where) => ({ ...inTexts(where, mend), in: where.in }) as Where),
  })
  return {
    text: mend,
    problem,
    told: (one) =>
      one.tell === 'warning'
        ? { tell: 'warning', problem: problem(one.problem) }
        : one.tell === 'words'
          ? { ...one, text: mend(one.text) }
          : one.tell === 'log'
            ? { ...one, lines: one.lines.map(mend) }
            : one.note === undefined
              ? one
              : { ...one, note: mend(one.note) },
    outcome: (one) =>
      one.ok
        ? { ...one, warnings: one.warnings.map(problem) }
        : { ok: false, problems: one.problems.map(problem) as Problems },
    report: (one) => ({
      ...one,
      problems: one.problems.map(problem),
      warnings: one.warnings.map(problem),
      releases: one.releases.map((release) => ({ ...release, problems: release.problems.map(problem) })),
    }),
  }
}
