import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import type { Discovered } from '../core/stand-in/knowledge.ts'
import { kindsOf } from '../core/target.ts'
import type { DescribedTarget, KindSchemas } from '../core/target.ts'
import { programFolder } from './program-folder.ts'

/** They come with the program, so they lie where it lies, and not where the site lies. */
const folder = path.join(programFolder, 'schemas', 'kubernetes')

const readJson = (minor: string, file: string): unknown =>
  JSON.parse(readFileSync(path.join(folder, minor, file), 'utf8')) as unknown

const versionForm = /^v?(\d+\.\d+)(?:\.\d+)?$/

/** `1.36.3` and `v1.36` are both 1.36: the API does not change within a minor version. */
const minorOf = (version: string): string | undefined => versionForm.exec(version)?.[1]

const supported = (): string[] =>
  readdirSync(folder)
    .filter((name) => versionForm.test(name))
    .sort((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]))

/**
 * What an API server of a Kubernetes version (`1.36`, `1.36.3`, `v1.36`) serves, as `scripts/schemas.ts` took it from a
 * real one. A version whose tables this program does not have is a problem that lists those that it has.
 */
export const loadTarget = async (version: string): Promise<Outcome<DescribedTarget>> => {
  const minor = minorOf(version)
  const known = supported()
  if (minor === undefined || !known.includes(minor))
    return bad([
      problem({
        code: 'validate/unknown-kubernetes-version',
        what: `This program has no tables of Kubernetes ${version}.`,
        why: 'Without them nobody can say what the cluster would accept.',
        fix: `Name one of ${known.join(', ')} as the target's Kubernetes version, or add tables with scripts/schemas.ts.`,
      }),
    ])
  const discovery = readJson(minor, 'discovery.json') as Discovered
  const schemas = readJson(minor, 'definitions.json') as KindSchemas
  return good({
    kubernetes: minor,
    kinds: kindsOf(discovery),
    discovered: discovery,
    schemas: { kinds: schemas.kinds, definitions: schemas.definitions },
    objects: [],
  })
}
