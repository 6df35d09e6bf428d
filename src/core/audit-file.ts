import { readRecord } from './audit.ts'
import type { AuditRecord } from './audit.ts'

/** What a file of audit records holds: those of all sets, and the lines (from 1) that were cut off while they were written. */
export interface FiledRecords {
  records: AuditRecord[]
  torn: number[]
}

/** What each record begins with, as it is written: its keys are sorted. */
const opening = '{"before":"'

/** Whether a text has opened a map, and never closed it. No regular expression: its stack has no room for a long string. */
const isUnclosed = (text: string): boolean => {
  let [depth, inString] = [0, false]
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (inString) {
      if (sign === '\\') at += 1
      else if (sign === '"') inString = false
    } else if (sign === '"') inString = true
    else if (sign === '{' || sign === '[') depth += 1
    else if (sign === '}' || sign === ']') {
      depth -= 1
      if (depth === 0) return false
    }
  }
  return true
}

/** Whether a line is the beginning of a record and no more. Power that fails may leave NULs where the rest was to stand. */
const isTorn = (line: string): boolean => {
  const found = line.replace(/\0+$/, '')
  return opening.startsWith(found) || (found.startsWith(opening) && isUnclosed(found))
}

/**
 * Reads the text of an audit file. A line that was cut off while it was written is told and passed over: that it is one, and no record that
 * somebody has cut, is for the chain to say, which goes on from the last whole record. Throws where a line is neither, with its number in the message.
 */
export const readFiledRecords = (text: string): FiledRecords => {
  const found: FiledRecords = { records: [], torn: [] }
  for (const [at, line] of text.split('\n').entries()) {
    if (line === '') continue
    try {
      found.records.push(readRecord(line))
    } catch (error) {
      if (!isTorn(line)) throw new TypeError(`line ${at + 1}: ${(error as Error).message}`, { cause: error })
      found.torn.push(at + 1)
    }
  }
  return found
}
