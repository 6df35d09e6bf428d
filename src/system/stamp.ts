import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programDigest } from './program-digest.ts'
import { digestOfTrees, lookAtTrees, markOfTrees } from './tree-digest.ts'
import type { Trees } from './tree-digest.ts'
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

/** What is declared, as it was when it was first asked for. */
export interface Inputs {
  digest(): string
  /** Whether nothing has changed since. */
  stillHold(): boolean
}

/** Changes that lie this close together may look like one: the clock of the system ticks every few milliseconds. */
const tickMilliseconds = 100

/** What is declared in a site, looked at when it is first asked for. */
export const inputsOf = (root: string): Inputs => {
  let looked: { trees: Trees; at: number } | undefined
  const look = (): { trees: Trees; at: number } =>
    (looked ??= { at: Date.now(), trees: lookAtTrees(root, ['releases']) })
  return {
    digest: () => look().trees.digest,
    stillHold: () => {
      const { at, trees } = look()
      return trees.newest > at - tickMilliseconds
        ? digestOfTrees(root, ['releases']) === trees.digest
        : markOfTrees(root, ['releases']) === trees.mark
    },
  }
}

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
export const recallAnswer = (root: string, question: string, inputs: Inputs): unknown => {
  const stamp = read(fileFor(root, question))
  const holds =
    stamp !== undefined &&
    stamp.program === programFor(stamp.kubernetes) &&
    stamp.inputs === inputs.digest() &&
    stamp.outputs === outputsOf(root)
  return holds ? stamp.answer : undefined
}

/** Keeps an answer for as long as all stays as it is; not where `inputs`, looked at before the work began, are others by now. */
export const keepAnswer = (
  root: string,
  question: string,
  { kubernetes, inputs }: { kubernetes: string; inputs: Inputs },
  answer: unknown,
): void => {
  const digest = inputs.digest()
  if (!inputs.stillHold()) return
  const stamp: Stamp = {
    kubernetes,
    inputs: digest,
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
