import { setField } from '../../../core/json.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { all, good } from '../../../core/problem.ts'
import type { Outcome } from '../../../core/problem.ts'
import type { SealedFields } from '../../../core/records.ts'
import { isInValues } from '../../../core/site-values/recipe.ts'
import type { SiteValue } from '../../../core/site-values/recipe.ts'
import { wholeVersion } from '../read-release.ts'
import type { Sealing } from '../read-release.ts'
import type { ReleaseDocuments } from '../render-release.ts'
import { compareInputs } from './compare-inputs.ts'
import { fileOf, nameOfField } from './fields.ts'
import { inputsOf, sealedFilesOf } from './inputs.ts'
import type { Inputs } from './inputs.ts'
import { makeFields } from './make-fields.ts'
import type { Scene } from './make-fields.ts'
import { openFiles } from './open-files.ts'

/** What of the file is encrypted: no input is called so. */
const rule = '^values$'

const contentOf = (fields: SiteValue[], values: Map<string, string>, inputs: Inputs): JsonObject => {
  const sealed: JsonObject = {}
  for (const field of fields) setField(sealed, nameOfField(field), values.get(field.id) as Json)
  return { inputs, values: sealed }
}

const keep = async (
  document: ReleaseDocuments,
  scene: Scene,
  sealing: Sealing | undefined,
): Promise<Outcome<SealedFields | undefined>> => {
  const { release } = document
  const { system, site, settled, target } = scene
  const fields = release.siteValues.filter((value) => value.recipe.made === 'sealed' && !isInValues(value))
  const valuesFiles = sealedFilesOf(release, fields)
  const [field] = fields
  const own = field && fileOf(field)
  const opened = await openFiles(own === undefined ? valuesFiles : [...valuesFiles, own], sealing, system)
  if (!opened.ok) return opened
  if (own === undefined) return good(undefined)

  const kubernetes = wholeVersion(target.kubernetes)
  const inputs = await inputsOf(document, fields, settled.tellingOf(release), kubernetes, system.files)
  const recipients = site.environments[release.environment]?.recipients ?? []
  const text = await system.files.readText(own)
  if (sealing === undefined || 'closed' in opened.value) {
    const closed = 'closed' in opened.value ? opened.value.closed : undefined
    return compareInputs(release, fields, { file: own, text }, inputs, recipients, closed)
  }
  const { open } = opened.value
  const previous = open.get(own)
  const made = await makeFields(document, fields, previous, inputs, open, scene)
  if (!made.ok) return made
  const content = contentOf(fields, made.value, inputs)
  // One that people have sealed by another rule would hide what it is made of.
  const isOurs = previous?.sealed.every((pointer) => pointer.startsWith('/values/')) ?? false
  const next = await sealing.sealer.seal(content, {
    recipients,
    ...(isOurs && text !== undefined ? { previous: { text, file: own } } : { encryptedRegex: rule }),
  })
  if (!next.ok) return next
  const state = next.value === text ? 'same' : 'sealed'
  return good({ file: own, text: next.value, names: fields.map(nameOfField), state }, made.warnings)
}

/**
 * What releases keep sealed, by name: made anew with the key, else compared with what it was made of (`render/sealed-inputs-changed`). With the
 * key, sealed values files are opened as well, so that one that was altered is refused here. Nothing is written.
 */
export const keepSealed = async (
  documents: ReleaseDocuments[],
  scene: Scene,
): Promise<Outcome<Map<string, SealedFields>>> => {
  const concerned = documents.filter(({ release }) =>
    release.siteValues.some(({ recipe }) => recipe.made === 'sealed'),
  )
  if (concerned.length === 0) return good(new Map())
  const sealing = await scene.system.openSealing?.()
  if (sealing?.ok === false) return sealing
  const kept = all(
    await Promise.all(
      concerned.map(async (document) => {
        const fields = await keep(document, scene, sealing?.value)
        return fields.ok ? good([document.release.name, fields.value] as const, fields.warnings) : fields
      }),
    ),
  )
  if (!kept.ok) return kept
  const found = kept.value.flatMap(([name, fields]) => (fields ? [[name, fields] as const] : []))
  return good(new Map(found), [...(sealing?.warnings ?? []), ...kept.warnings])
}
