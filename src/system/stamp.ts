import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programDigest } from './program-digest.ts'
import { digestOfTrees } from './tree-digest.ts'

const tables = join(import.meta.dirname, '..', '..', 'schemas', 'kubernetes')

/** All that an answer depends on: this program, the tables of a Kubernetes version, and files and folders of the site. */
export interface Grounds {
  kubernetes: string
  paths: string[]
}

interface Stamp extends Grounds {
  digest: string
  answer: unknown
}

const fileFor = (root: string, question: string): string =>
  join(root, '.cache', 'render', `stamp-${createHash('sha256').update(question).digest('hex')}.json`)

/** A digest of the grounds as they are now. */
export const digestOfGrounds = (root: string, { kubernetes, paths }: Grounds): string =>
  [programDigest(), digestOfTrees(tables, [kubernetes]), digestOfTrees(root, paths)].join(' ')

const read = (file: string): Stamp | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Stamp
  } catch {
    // No stamp, or none that can be read: the whole run gives the answer, and names what stands in its way.
    return undefined
  }
}

/** What was answered to this question, where nothing that the answer depends on has changed since. */
export const recallAnswer = (root: string, question: string): unknown => {
  const stamp = read(fileFor(root, question))
  return stamp !== undefined && digestOfGrounds(root, stamp) === stamp.digest ? stamp.answer : undefined
}

/** Keeps an answer for as long as the grounds, which had this digest, stay as they are. */
export const keepAnswer = (
  root: string,
  question: string,
  grounds: Grounds,
  digest: string,
  answer: unknown,
): void => {
  const file = fileFor(root, question)
  mkdirSync(join(root, '.cache', 'render'), { recursive: true, mode: 0o700 })
  const stamp: Stamp = { ...grounds, digest, answer }
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(stamp), { mode: 0o600 })
  renameSync(`${file}.${process.pid}`, file)
}
