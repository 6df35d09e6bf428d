import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { Ajv } from 'ajv'
import { isObject } from '../../../src/core/json.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import { declare } from '../../../src/staging/declare/declare.ts'
import { environmentsOf } from '../../../src/staging/declare/environments.ts'
import { openFiles } from '../../../src/system/files.ts'
import { declared, told } from './site.ts'

const root = join(import.meta.dirname, '../../..')

/** Every schema within a schema, with its pointer. */
const within = (schema: Json, pointer = ''): [string, JsonObject][] => {
  if (Array.isArray(schema)) return schema.flatMap((one, index) => within(one, `${pointer}/${index}`))
  if (!isObject(schema)) return []
  const inner = Object.entries(schema).filter(([key]) => key !== 'examples' && key !== 'default')
  return [
    [pointer, schema],
    ...inner.flatMap(([key, value]) => within(value, `${pointer}/${key.replaceAll('/', '~1')}`)),
  ]
}

for (const name of ['site', 'release', 'lock'])
  test(`every example and default in the schema of ${name} files follows the schema that it stands in`, async (t) => {
    const text = await readFile(join(root, `schemas/${name}.schema.json`), 'utf8')
    const schema = JSON.parse(text) as JsonObject
    const ajv = new Ajv({ strict: false })
    ajv.addSchema(schema, name)
    let looked = 0
    for (const [pointer, { examples, default: usual }] of within(schema)) {
      const values = [...(Array.isArray(examples) ? examples : []), ...(usual === undefined ? [] : [usual])]
      for (const value of values) {
        looked += 1
        t.true(ajv.getSchema(`${name}#${pointer}`)?.(value), `${pointer}: ${JSON.stringify(value)}`)
      }
    }
    t.true(looked > 1)
  })

for (const name of ['site', 'release', 'lock'])
  test(`editors get a description of every key of ${name} files`, async (t) => {
    const schema = JSON.parse(await readFile(join(root, `schemas/${name}.schema.json`), 'utf8')) as JsonObject
    for (const [pointer, { properties }] of within(schema)) {
      if (!isObject(properties) || pointer.endsWith('/properties')) continue
      for (const [key, value] of Object.entries(properties))
        t.true(isObject(value) && ('description' in value || '$ref' in value), `${pointer}: ${key}`)
    }
  })

test('the files that docs/declare.md shows make a site without a fault', async (t) => {
  const page = await readFile(join(root, 'docs/declare.md'), 'utf8')
  const shown = [...page.matchAll(/^```yaml\n# (\S+)\n([^]*?)^```$/gm)].map(([, path, text]) => [path, text])
  t.is(shown.length, 8)
  const outcome = await declared({
    ...(Object.fromEntries(shown) as { [path: string]: string }),
    'releases/database/manifests/a.yaml': '',
    'releases/widgets/manifests/a.yaml': '',
    'releases/workers/manifests/a.yaml': '',
    'releases/registry/chart/Chart.yaml': '',
    'releases/production.snapshot.json': '',
  })
  t.is(told(outcome.ok ? outcome.warnings : outcome.problems), '')
})

test('the sample site has no fault in any environment', async (t) => {
  const system = { files: openFiles(root) }
  const environments = await environmentsOf(system)
  t.true(environments.ok)
  for (const environment of environments.ok ? environments.value : []) {
    const outcome = await declare({ environment }, system)
    t.is(told(outcome.ok ? outcome.warnings : outcome.problems), '')
  }
})
