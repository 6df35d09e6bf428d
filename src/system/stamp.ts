import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileText } from '../core/effects/files.ts'
import { openMemory } from './memory.ts'
import { programDigest } from './program-digest.ts'
import { programFolder } from './program-folder.ts'
import {
  digestOfFiles,
  digestOfLook,
  digestOfTrees,
  isStillSo,
  jsonOfLook,
  knownOf,
  lookAtTrees,
} from './tree-digest.ts'
import type { Look } from './tree-digest.ts'
import { isUnusable } from './unusable.ts'

const tables = join(programFolder, 'schemas', 'kubernetes')

/** What is asked, in words, and the folders that the answer writes. */
export interface Question {
  words: string
  writes: string[]
}

/** An answer, and all that it depends on: releases/, this program with the tables of a Kubernetes version, and what lies in the folders that it writes. */
interface Stamp {
  kubernetes: string
  inputs: string
  program: string
  outputs: string[]
  answer: unknown
}

const fileFor = (root: string, { words }: Question): string =>
  join(root, '.cache', 'render', `stamp-${createHash('sha256').update(words).digest('hex')}.json`)

/** What is declared, as it was when it was first asked for. */
export interface Inputs {
  look(): Look
  /** Whether nothing has changed until this is first asked, which is once all was read. */
  stillHold(): boolean
}

/** What is asked, of what is declared. */
export interface Asked {
  question: Question
  inputs: Inputs
}

const lookKey = 'look at releases/'

/** What is declared in a site, looked at when it is first asked for; what an earlier run that was in order has seen is not read again. */
export const inputsOf = async (root: string): Promise<Inputs> => {
  const known = knownOf(await openMemory(root).recall(lookKey))
  let looked: Look | undefined
  const look = (): Look => (looked ??= lookAtTrees(root, ['releases'], known))
  let held: boolean | undefined
  return { look, stillHold: () => (held ??= isStillSo(root, look())) }
}

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
export const recallAnswer = (root: string, { question, inputs }: Asked): unknown => {
  const stamp = read(fileFor(root, question))
  const holds =
    stamp !== undefined &&
    stamp.inputs === digestOfLook(inputs.look()) &&
    stamp.program === programFor(stamp.kubernetes) &&
    question.writes.every((folder, index) => stamp.outputs[index] === digestOfTrees(root, [folder]))
  return holds ? stamp.answer : undefined
}

/**
 * Keeps an answer for as long as all stays as it is; not where `inputs`, looked at before the work began, are others by now. `written`: what each of
 * the question's folders was made to hold, whatever has become of it since.
 */
export const keepAnswer = async (
  root: string,
  { question, inputs }: Asked,
  { kubernetes, written }: { kubernetes: string; written: Map<string, FileText>[] },
  answer: unknown,
): Promise<void> => {
  if (!inputs.stillHold()) return
  await openMemory(root).keep(lookKey, jsonOfLook(inputs.look()))
  const stamp: Stamp = {
    kubernetes,
    inputs: digestOfLook(inputs.look()),
    program: programFor(kubernetes),
    outputs: question.writes.map((folder, index) => digestOfFiles(folder, written[index] ?? new Map())),
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
