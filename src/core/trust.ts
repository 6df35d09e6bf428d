import type { KeyObject } from 'node:crypto'
import schema from '../../schemas/trust.schema.json' with { type: 'json' }
import { readPublicKey } from './bundle/key.ts'
import type { KeyFault } from './bundle/key.ts'
import { shapeOf } from './bundle/shape.ts'
import { instantOf } from './bundle/time.ts'
import { keysOfPointer } from './pointer.ts'
import type { Path } from './pointer.ts'
import { bad, problem, unless } from './problem.ts'
import type { Outcome, Problem, Problems } from './problem.ts'
import { readDeclared } from './yaml/declared.ts'
import type { DeclaredFile } from './yaml/declared.ts'

/** A key whose signatures count, while it is valid. Times are in milliseconds since the epoch. */
export interface TrustedKey {
  name: string
  key: KeyObject
  /** Signatures count from here on. */
  notBefore?: number
  /** Signatures count no longer from here on. */
  notAfter?: number
  /** Why it must not be believed any more. */
  revoked?: string
}

/** What a control plane believes: whose signatures count, how many it takes, and which cluster it is. */
export interface Trust {
  file: string
  cluster: string
  /** The UID of the cluster's Namespace kube-system, where the file names it. */
  clusterId?: string
  threshold: number
  keys: TrustedKey[]
}

interface WrittenKey {
  name: string
  publicKey: string
  notBefore?: string
  notAfter?: string
  revoked?: string
}

const misfitsOf = shapeOf(schema)

const faultWords: Record<KeyFault, { what: string; fix: string }> = {
  private: {
    what: 'is a private key.',
    fix: 'Put the public half there, and make a new key: this one has been seen.',
  },
  unreadable: { what: 'cannot be read.', fix: 'Put the whole PEM block there, as `scout keys` wrote it.' },
  'other-kind': { what: 'is neither Ed25519 nor ECDSA P-256.', fix: 'Make a key with `scout keys`.' },
}

type Refuse = (slug: string, what: string, fix: string, at: Path, part?: 'key' | 'value') => void

const refusing =
  (declared: DeclaredFile, found: Problem[]): Refuse =>
  (slug, what, fix, at, part) => {
    found.push(
      problem({
        code: `trust/${slug}`,
        what,
        where: [declared.at(at, part)],
        why: 'A trust file that is not wholly understood protects nothing.',
        fix,
      }),
    )
  }

const readKey = (written: WrittenKey, at: Path, refuse: Refuse): TrustedKey | undefined => {
  const timeOf = (field: 'notBefore' | 'notAfter'): { [field: string]: number } => {
    const time = written[field]
    if (time === undefined) return {}
    const instant = instantOf(time)
    if (instant === undefined)
      refuse('no-time', `"${time}" is no time.`, 'Write it like 2027-01-31T00:00:00Z.', [...at, field])
    return instant === undefined ? {} : { [field]: instant }
  }
  const times = { ...timeOf('notBefore'), ...timeOf('notAfter') }
  const key = readPublicKey(written.publicKey)
  if (typeof key === 'string') {
    const { what, fix } = faultWords[key]
    refuse('bad-key', `The public key of "${written.name}" ${what}`, fix, [...at, 'publicKey'])
    return undefined
  }
  return {
    name: written.name,
    key,
    ...times,
    ...(written.revoked === undefined ? {} : { revoked: written.revoked }),
  }
}

/** One key under two names would count twice against the threshold, and one name for two keys would say nothing. */
const refuseTwins = (keys: (TrustedKey | undefined)[], refuse: Refuse): void => {
  const names = new Set<string>()
  const before: TrustedKey[] = []
  for (const [index, one] of keys.entries()) {
    if (one === undefined) continue
    const { name, key } = one
    // Not by their bytes: a point can be written in two ways.
    const twin = before.find((other) => other.key.equals(key))
    if (names.has(name))
      refuse('duplicate-key', `The name "${name}" is there twice.`, 'Give each key a name of its own.', [
        'keys',
        index,
        'name',
      ])
    else if (twin !== undefined)
      refuse(
        'duplicate-key',
        `"${name}" and "${twin.name}" are the same key.`,
        'Remove one: it would count twice.',
        ['keys', index],
      )
    names.add(name)
    before.push(one)
  }
}

/**
 * Reads a trust file, YAML or JSON (`schemas/trust.schema.json`). `file` is how messages call it. Refuses whatever could
 * make less be checked than is meant: an unknown field, a key that is there twice, a threshold that cannot be reached.
 */
export const readTrust = (bytes: Uint8Array, file: string): Outcome<Trust> => {
  const { declared, problems } = readDeclared(file, bytes)
  if (declared === undefined || problems.length > 0) return bad(problems as Problems)
  const found: Problem[] = []
  const refuse = refusing(declared, found)
  for (const { pointer, message } of misfitsOf(declared.value))
    refuse(
      'wrong-shape',
      `${pointer === '' ? file : pointer} ${message}.`,
      'Write it as schemas/trust.schema.json says.',
      keysOfPointer(pointer),
      'key',
    )
  if (found.length > 0) return bad(found as Problems)

  const {
    cluster,
    clusterId,
    threshold,
    keys: written,
  } = declared.value as unknown as Pick<Trust, 'cluster' | 'clusterId' | 'threshold'> & {
    keys: WrittenKey[]
  }
  const keys = written.map((one, index) => readKey(one, ['keys', index], refuse))
  refuseTwins(keys, refuse)
  const usable = written.filter(({ revoked }) => revoked === undefined).length
  if (threshold > usable)
    refuse(
      'threshold',
      `The threshold is ${threshold}, and only ${usable} of the keys are not revoked.`,
      'Lower the threshold or add keys: no bundle could ever be accepted.',
      ['threshold'],
    )
  return unless(found, () => ({
    file,
    cluster,
    ...(clusterId !== undefined && { clusterId }),
    threshold,
    keys: keys.filter((one) => one !== undefined),
  }))
}
