import type { ReadFiles } from '../../core/effects/files.ts'
import { isObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Path } from '../../core/pointer.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { readDeclared } from '../../core/yaml/declared.ts'
import type { DeclaredFile } from '../../core/yaml/declared.ts'
import type { Fault } from './faults.ts'
import { follows } from './follows.ts'
import type { SchemaName } from './schema-files.ts'
import { structureProblems } from './structure.ts'

/**
 * A file that follows its schema, and so has the type that the schema gives. Where there were problems, `content` lacks the parts that
 * they are about: nothing may be made of it, but the rest of it can be judged, so that all problems come at once.
 */
export interface Checked<T> {
  declared: DeclaredFile
  content: T
}

/** What could be read of a file, and every problem found in it. */
export interface Reading<T> {
  checked?: Checked<T>
  problems: Problem[]
}

/** The map without what lies at the path; the maps around it stay. */
const without = (map: JsonObject, [step, ...rest]: Path): JsonObject =>
  Object.fromEntries(
    Object.entries(map).flatMap(([key, value]) => {
      if (key !== step) return [[key, value]]
      return rest.length > 0 && isObject(value) ? [[key, without(value, rest)]] : []
    }),
  )

/** The map without the setting that a fault lies in: a key of its own, or one of an environment, or one of the site values there. */
const pruned = (map: JsonObject, fault: Fault): JsonObject => {
  const place = fault.fault === 'name' || fault.fault === 'unknown' ? [...fault.path, fault.key] : fault.path
  if (place.length === 0) return map
  const depth = place[0] === 'environments' ? 3 : 1
  return without(map, place.slice(0, place[depth - 1] === 'siteValues' ? depth + 1 : depth))
}

/** A file with more faults is another kind of file, and what would remain of it is not worth a copy for each of them. */
const mostPruned = 100

/** Reads a file and holds it against its schema; `T` is the type that is generated from that schema. */
export const readChecked = async <T>(
  files: ReadFiles,
  file: string,
  schema: SchemaName,
  subject: string,
): Promise<Reading<T>> => {
  const bytes = await files.read(file)
  if (bytes === undefined)
    return {
      problems: [
        problem({
          code: 'declare/missing-file',
          what: `${subject}: there is no ${file}.`,
          where: [{ in: 'file', file }],
          fix:
            schema === 'site'
              ? `Work in the folder that holds it, or name that folder: --site FOLDER. Else write it; schemas/${schema}.schema.json says what is in it.`
              : `Write it; schemas/${schema}.schema.json says what is in it.`,
        }),
      ],
    }
  const { declared, problems } = readDeclared(file, bytes)
  if (declared === undefined) return { problems }
  if (follows(schema, declared.value))
    return { checked: { declared, content: declared.value as T }, problems }
  const { faultsOf } = await import('./faults.ts')
  const faults = faultsOf(schema, declared.value)
  const found = [...problems, ...structureProblems(faults, declared, subject)]
  if (faults.length > mostPruned) return { problems: found }
  const sound = faults.reduce(pruned, declared.value)
  const usable = faults.length === 0 || faultsOf(schema, sound).every(({ fault }) => fault === 'neither')
  if (!usable) return { problems: found }
  return { checked: { declared, content: sound as T }, problems: found }
}
