import { sha256 } from './digest.ts'
import { numberOf, textOf } from './fields-of.ts'
import { canonicalJson, isObject, parseJson } from './json.ts'
import type { Json } from './json.ts'
import { changesNothing } from './plan.ts'
import { planCountsOf } from './plan-counts.ts'
import type { PlanCounts } from './plan-counts.ts'
import { wordOf } from './run-report.ts'
import type { RunReport } from './run-report.ts'

/** What a run did, for whoever asks later: who, what, with which plan, and what came of it. Names and digests alone, never a value. */
export interface AuditEntry {
  set: string
  does: 'apply' | 'rollback' | 'remove' | 'correct' | 'repair'
  /** Of this run, different from any other: machine, process and time. */
  run: string
  /** As the API server knows them; '' where it would not say. */
  user: string
  /** `scout-apply/VERSION` */
  tool: string
  bundle: { digest: string; version: string; sequence: number; signedBy: string[] }
  /** Digest of the plan. */
  plan: string
  /** What somebody agreed to on the command line: `delete Namespace`, `empty`, `downgrade`. */
  consents: string[]
  result: 'applied' | 'failed' | 'nothing to do'
  /** What the plan was to do; after a failure `releases` says how far it came. */
  planned: PlanCounts
  /** By name: how far each release came. */
  releases: { [release: string]: string }
  /** Codes of what went wrong, each once, sorted. */
  problems: string[]
  /** ISO 8601, UTC. */
  started: string
  ended: string
}

/** An entry in its chain: `digest` is over all the rest, and `before` is the digest of the record before it ('' for the first). */
export interface AuditRecord extends AuditEntry {
  number: number
  before: string
  digest: string
}

/** Old records that were let go: their number, and the digest of the last of them, which the chain goes on from. */
export interface Checkpoint {
  number: number
  digest: string
  /** When the last of them ended. */
  until: string
}

export interface AuditChain {
  checkpoint: Checkpoint | null
  records: AuditRecord[]
}

export const emptyChain: AuditChain = { checkpoint: null, records: [] }

/** Who ran it, and what they agreed to. */
export interface AuditContext extends Pick<AuditEntry, 'does' | 'run' | 'user' | 'tool' | 'consents'> {
  signedBy: string[]
}

const time = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** How a run ended. */
export const resultOf = ({ plan, problems }: RunReport): AuditEntry['result'] => {
  if (problems.length > 0) return 'failed'
  return changesNothing(plan) ? 'nothing to do' : 'applied'
}

/** What is noted of a run. */
export const auditEntryOf = (report: RunReport, { signedBy, ...context }: AuditContext): AuditEntry => {
  const { plan, releases, problems, started, ended } = report
  return {
    ...context,
    set: plan.set,
    bundle: { ...plan.bundle, signedBy },
    plan: sha256(canonicalJson(plan as unknown as Json)),
    result: resultOf(report),
    planned: planCountsOf(plan),
    releases: Object.fromEntries(releases.map((one) => [one.name, wordOf(one)])),
    problems: Array.from(new Set(problems.map(({ code }) => code))).sort(),
    started: time(started),
    ended: time(ended),
  }
}

const digestOf = ({ digest: _digest, ...rest }: AuditRecord): string =>
  sha256(canonicalJson(rest as unknown as Json))

/** The last link of a chain: what the next record goes on from. */
const endOf = ({ checkpoint, records }: AuditChain): { number: number; digest: string } =>
  records.at(-1) ?? checkpoint ?? { number: 0, digest: '' }

/** The record that follows a chain. */
export const nextRecord = (chain: AuditChain, entry: AuditEntry): AuditRecord => {
  const { number, digest } = endOf(chain)
  const record = { ...entry, number: number + 1, before: digest, digest: '' }
  return { ...record, digest: digestOf(record) }
}

/** One record as a line of JSON, with its line break. */
export const recordLine = (record: AuditRecord): string => `${canonicalJson(record as unknown as Json)}\n`

const sizeOf = (record: AuditRecord): number => Buffer.byteLength(recordLine(record))

/** The chain with a record at its end; of one that is larger than `most` bytes the oldest records are folded into the checkpoint. */
export const appended = (chain: AuditChain, record: AuditRecord, most: number): AuditChain => {
  const records = [...chain.records, record]
  let { checkpoint } = chain
  let size = records.reduce((sum, one) => sum + sizeOf(one), 0)
  while (size > most && records.length > 1) {
    const folded = records.shift() as AuditRecord
    size -= sizeOf(folded)
    checkpoint = { number: folded.number, digest: folded.digest, until: folded.ended }
  }
  return { checkpoint, records }
}

/** What is wrong with a chain, a sentence each; [] where every record is there, in order, as it was written. */
export const faultsOf = ({ checkpoint, records }: AuditChain): string[] => {
  const faults: string[] = []
  let { number, digest } = checkpoint ?? { number: 0, digest: '' }
  for (const record of records) {
    const name = `record ${record.number}`
    if (digestOf(record) !== record.digest) faults.push(`${name} was changed after it was written`)
    if (record.number <= number) faults.push(`${name} stands behind record ${number}`)
    else if (record.number > number + 1)
      faults.push(
        record.number === number + 2
          ? `record ${number + 1} is missing`
          : `records ${number + 1} to ${record.number - 1} are missing`,
      )
    else if (record.before !== digest)
      faults.push(`${name} does not follow record ${number}: one of them was put in another's place`)
    ;({ number, digest } = record)
  }
  return faults
}

/**
 * Reads one line of a record. Only what the chain and its printing need is looked at; whatever else stands there belongs to the digest. Throws
 * TypeError or SyntaxError where it is none.
 */
export const readRecord = (line: string): AuditRecord => {
  const value = parseJson(line)
  if (!isObject(value)) throw new TypeError('it is no map')
  for (const name of [
    'set',
    'does',
    'run',
    'user',
    'tool',
    'plan',
    'result',
    'started',
    'ended',
    'before',
    'digest',
  ])
    textOf(value, name)
  numberOf(value, 'number')
  const { bundle, planned, releases, consents, problems } = value
  if (!isObject(bundle) || !isObject(planned) || !isObject(releases))
    throw new TypeError('a part of it is no map')
  textOf(bundle, 'digest')
  textOf(bundle, 'version')
  if (!Array.isArray(consents) || !Array.isArray(problems) || !Array.isArray(bundle['signedBy']))
    throw new TypeError('a part of it is no list')
  return value as unknown as AuditRecord
}

/** Whether two records, of two chains, are of the same run and say the same of it. */
export const saysTheSame = (one: AuditRecord, other: AuditRecord): boolean => {
  const said = ({ number: _number, before: _before, digest: _digest, ...rest }: AuditRecord): string =>
    canonicalJson(rest as unknown as Json)
  return said(one) === said(other)
}
