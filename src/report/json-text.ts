import { printJson } from '../core/json.ts'

/**
 * JSON leaves C1 control characters, DEL and marks of direction raw, and some terminals act on them; outside of strings none can stand,
 * so all may be escaped.
 */
const raw = /[\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g

/** JSON that can be shown on any terminal; the same value. */
export const shownJson = (json: string): string =>
  json.replace(raw, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A value as JSON that can be shown on any terminal, integers in full, with a line break at the end. */
export const jsonText = (value: unknown, indent?: number): string =>
  `${shownJson(printJson(value, indent))}\n`
