import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programDigest } from './program-digest.ts'
import { digestOfTrees } from './tree-digest.ts'
import { isUnusable } from './unusable.ts'

const tables = join(import.meta.dirname, '..', '..', 'schemas', 'kubernetes')

/** An answer, and all that it depends on: releases/, this program with the tables of a Kubernetes version, and what lies in rendered/. */
interface Stamp {
  kubernetes: string
  inputs: string
  program: string
  outputs: string
  answer: unknown
}

const fileFor = (root: string, question: string): string =>
  join(root, '.cache', 'render', `stamp-${createHash('sha256').update(question).digest('hex')}.json`)

/** A digest of what is declared, as it is now. */
export const inputsOf = (root: string): string => digestOfTrees(root, ['releases'])

const outputsOf = (root: string): string => digestOfTrees(root, ['rendered'])

const programFor = (kubernetes: string): string => `${programDigest()} ${digestOfTrees(tables, [kubernetes])}`

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
  const holds =
    stamp !== undefined &&
    stamp.program === programFor(stamp.kubernetes) &&
    stamp.inputs === inputsOf(root) &&
    stamp.outputs === outputsOf(root)
  return holds ? stamp.answer : undefined
}

/** Keeps an answer for as long as all stays as it is; not where `inputs`, taken before the work began, are others by now. */
export const keepAnswer = (
  root: string,
  question: string,
  { kubernetes, inputs }: { kubernetes: string; inputs: string },
  answer: unknown,
): void => {
  if (inputsOf(root) !== inputs) return
  const stamp: Stamp = {
    kubernetes,
    inputs,
    program: programFor(kubernetes),
    outputs: outputsOf(root),
    answer,
  }
  const file = fileFor(root, question)
  try {
    mkdirSync(join(root, '.cache', 'render'), { recursive: true, mode: 0o700 })
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(stamp), { mode: 0o600 })
    renameSync(`${file}.${process.pid}`, file)
  } catch (error) {
    // What is asked is rendered and written; the next run only has to do it again.
    if (!isUnusable(error)) throw error
  }
}
