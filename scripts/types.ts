import { readFile, writeFile } from 'node:fs/promises'
import { compile } from 'json-schema-to-typescript'
import type { JSONSchema } from 'json-schema-to-typescript'

/**
 * Writes src/core/declared.generated.ts: the types of what is read below releases/, made of schemas/*.schema.json, which are the source.
 * `--check` writes nothing and fails where the file is not what it would write.
 */
const target = 'src/core/declared.generated.ts'
const schemas = ['site', 'release', 'lock', 'snapshot']

const banner = `/* Made by scripts/types.ts from schemas/{${schemas.join(',')}}.schema.json. Change those, then run \`make fix\`. */`

type Choice = { required: string[] }

/** "Either chart or manifests" would become an intersection with any map, which hides every misspelt field. */
const withoutChoiceOfKeys = (key: string, value: unknown): unknown =>
  key === 'oneOf' && (value as Choice[]).every((branch) => Object.keys(branch).join() === 'required')
    ? undefined
    : value

const typesOf = async (name: string): Promise<string> => {
  const schema = JSON.parse(
    await readFile(`schemas/${name}.schema.json`, 'utf8'),
    withoutChoiceOfKeys,
  ) as JSONSchema
  return compile(schema, name, {
    bannerComment: '',
    ignoreMinAndMaxItems: true,
    style: { semi: false, singleQuote: true, printWidth: 110 },
  })
}

/** What the stage imports by name; the rest are its parts, and exports that nobody uses are dead code. */
const exported = [
  'SiteFile',
  'ReleaseFile',
  'LockFile',
  'SnapshotFile',
  'Overlay',
  'WrittenSiteValue',
  'PlaceInSecret',
  'PlaceInObject',
]
const onlyExported = (text: string): string =>
  text.replaceAll(/^export (?=(?:interface|type) (\w+))/gm, (word, name: string) =>
    exported.includes(name) ? word : '',
  )

const wanted = `${banner}\n\n${onlyExported((await Promise.all(schemas.map(typesOf))).join('\n'))}`
if (!process.argv.includes('--check')) await writeFile(target, wanted)
else if ((await readFile(target, 'utf8').catch(() => '')) !== wanted) {
  console.error(`${target} is not what the schemas say. Fix: run \`make fix\` and commit it.`)
  process.exitCode = 1
}
