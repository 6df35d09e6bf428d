import type { Parts } from '../../core/effects/maker.ts'
import { canonicalJson, isObject, jsonOf } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { LiveStore, Store, StoredValue } from '../../core/site-values/store.ts'

const backupFormat = 1

/** A store as JSON, all values in clear: for a file that is encrypted as a whole. */
export const backupOf = (store: Store, set: string): Uint8Array =>
  Buffer.from(
    canonicalJson({
      format: backupFormat,
      holds: 'site values',
      set,
      key: Buffer.from(store.key).toString('base64'),
      values: Object.fromEntries(
        Array.from(store.values, ([id, value]) => [id, { ...value, parts: { ...value.parts } }]),
      ),
    }),
  )

const refuse = (code: Problem['code'], file: string, what: string, fix: string): Outcome<never> =>
  bad([problem({ code, what: `${file} ${what}.`, where: [{ in: 'file', file }], fix })])

const partNames = new Set(['value', 'certificate', 'key', 'public'])

const valueOf = (value: Json): StoredValue | undefined => {
  if (!isObject(value)) return undefined
  const { parts, recipe, of, generation } = value
  const isWhole =
    isObject(parts) &&
    Object.entries(parts).every(([part, text]) => partNames.has(part) && typeof text === 'string')
  return isWhole && typeof recipe === 'string' && typeof of === 'string' && typeof generation === 'number'
    ? { parts: parts as Parts, recipe, of, generation }
    : undefined
}

/** Reads a backup, once it is decrypted. Refused: one of another set, one in an unknown format, one that is not whole. */
export const readBackup = (bytes: Uint8Array, set: string, file: string): Outcome<Store> => {
  const body = jsonOf(bytes)
  if (!isObject(body) || body['holds'] !== 'site values')
    return refuse(
      'apply/bad-backup',
      file,
      'is no backup of site values',
      'Name a file that `scout-apply site-values BUNDLE export` wrote.',
    )
  if (body['format'] !== backupFormat)
    return refuse(
      'apply/bad-backup',
      file,
      'is in a format that this program does not know',
      'Use the scout-apply that wrote it, or a newer one.',
    )
  if (body['set'] !== set)
    return refuse(
      'apply/other-backup',
      file,
      `holds the site values of ${typeof body['set'] === 'string' ? body['set'] : 'another set'}, and the bundle is of ${set}`,
      'Name the backup of this set.',
    )
  const key = typeof body['key'] === 'string' ? Buffer.from(body['key'], 'base64') : Buffer.alloc(0)
  const entries = isObject(body['values']) ? Object.entries(body['values']) : undefined
  const values = entries?.flatMap(([id, one]) => {
    const value = valueOf(one)
    return value ? [[id, value] as const] : []
  })
  if (key.length !== 32 || values === undefined || values.length !== entries?.length)
    return refuse('apply/bad-backup', file, 'is damaged', 'Name another backup.')
  return good({ key, values: new Map(values) })
}

const sameParts = (one: StoredValue, other: StoredValue): boolean =>
  canonicalJson({ ...one.parts }) === canonicalJson({ ...other.parts })

/**
 * The store with all that a backup has. What both have must be the same, unless `replace` says that the backup's counts; what only
 * the store has stays. Pure.
 */
export const restored = (
  there: Pick<LiveStore, 'content' | 'edited'> | undefined,
  backup: Store,
  replace: boolean,
): Outcome<Store> => {
  if (there === undefined) return good(backup)
  const { content, edited } = there
  const differ = Array.from(backup.values).flatMap(([id, value]) => {
    const own = content.values.get(id)
    return own && !sameParts(own, value) ? [id] : []
  })
  const lost = edited.filter((id) => !backup.values.has(id))
  if (!replace && (differ.length > 0 || edited.length > 0))
    return bad([
      problem({
        code: 'apply/other-site-values',
        fault: 'world',
        what: `The cluster has other values than the backup for: ${[...differ, ...edited].sort().join(', ')}.`,
        why: 'Those that are in use would be overwritten.',
        fix: 'Where the backup is right, run it again with --replace.',
      }),
    ])
  if (lost.length > 0)
    return bad([
      problem({
        code: 'apply/edited-site-value',
        fault: 'world',
        what: `These were edited by hand, and the backup has them not: ${lost.join(', ')}.`,
        fix: `Make new ones first: scout-apply site-values BUNDLE rotate ${lost.join(' ')}`,
      }),
    ])
  // A damaged store has none.
  const key = content.key.length > 0 ? content.key : backup.key
  const sameKey = Buffer.from(key).equals(Buffer.from(backup.key))
  // What another key has digested cannot be compared: it counts as fitting, and is noted anew by the next apply.
  const brought = Array.from(backup.values, ([id, value]): [string, StoredValue] => {
    const own = content.values.get(id)
    if (own && sameParts(own, value)) return [id, own]
    return [id, sameKey ? value : { ...value, of: '' }]
  })
  return good({ key, values: new Map([...content.values, ...brought]) })
}
