import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'

type Part = { [name: string]: unknown }

const whole = join(import.meta.dirname, '../../../shared/harbor/swagger.yaml')
const titled = existsSync(whole) ? test : test.skip

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null

/** Where `part` says something else than `all`; what is only in `all` (descriptions, examples, other operations) does not matter. */
const differences = (part: unknown, all: unknown, at = ''): string[] => {
  if (!isPart(part)) return part === all ? [] : [at]
  if (!isPart(all) || Array.isArray(part) !== Array.isArray(all)) return [at]
  if (Array.isArray(part) && Array.isArray(all) && part.length !== all.length) return [at]
  return Object.entries(part).flatMap(([name, value]) => differences(value, all[name], `${at}/${name}`))
}

titled(
  "the description that tests go by says nothing else than Harbor's own (../shared/harbor)",
  async (t) => {
    const ours: unknown = parse(await readFile(join(import.meta.dirname, 'api.yaml'), 'utf8'))
    const harbors: unknown = parse(await readFile(whole, 'utf8'))
    t.deepEqual(differences(ours, harbors), [])
    t.true(JSON.stringify(ours).length > 10_000)
  },
)
