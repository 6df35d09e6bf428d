import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import test from 'ava'
import type { KubeObject } from '../../../src/core/object.ts'
import { readYaml } from '../../../src/core/yaml/read.ts'
import { validate } from '../../../src/staging/validate/validate.ts'
import { loadTarget } from '../../../src/system/schemas.ts'
import { setOf } from './set-of.ts'

const rendered = path.join(import.meta.dirname, '../../../rendered')

const objectsOf = async (environment: string): Promise<KubeObject[]> => {
  const files = await readdir(path.join(rendered, environment), { recursive: true, withFileTypes: true })
  const texts = await Promise.all(
    files
      .filter((file) => file.name.endsWith('.yaml'))
      .map((file) => readFile(path.join(file.parentPath, file.name), 'utf8')),
  )
  return texts.flatMap((text) => {
    const read = readYaml(text, environment)
    if (!read.ok) throw new Error(read.problems[0].what)
    return read.value.map(({ value }) => value as KubeObject)
  })
}

for (const environment of await readdir(rendered)) {
  test(`every object of the sample site in ${environment} passes`, async (t) => {
    const target = await loadTarget('1.36')
    const objects = await objectsOf(environment)
    t.true(objects.length > 20, 'nothing was looked at')
    const outcome = target.ok && validate(setOf({ all: objects }), target.value)
    t.deepEqual(outcome && (outcome.ok ? outcome.warnings : outcome.problems), [])
  })
}
