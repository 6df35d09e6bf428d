import type { Unsealed } from '../../../core/effects/sealer.ts'
import { isObject, setField } from '../../../core/json.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { all, bad, good, problem } from '../../../core/problem.ts'
import type { Outcome, Problem } from '../../../core/problem.ts'
import type { ResolvedRelease, SealedFields, Site } from '../../../core/records.ts'
import { isInValues } from '../../../core/site-values/recipe.ts'
import type { SealedRecipe, SiteValue } from '../../../core/site-values/recipe.ts'
import { outlineOf } from '../../../core/sops/outline.ts'
import type { Target } from '../../../core/target.ts'
import { wholeVersion } from '../read-release.ts'
import type { RenderSystem, Sealing } from '../read-release.ts'
import type { ReleaseDocuments } from '../render-release.ts'
import type { Settled } from '../settle.ts'
import { fieldsIn, ofAnother } from './fields.ts'
import { changedInputs, inputsOf, layerName, sealedFilesOf } from './inputs.ts'
import type { Inputs } from './inputs.ts'
import { renderReally } from './real-render.ts'
import type { OpenFiles } from './real-render.ts'

/** What of the file is encrypted: no input is called so. */
const rule = '^values$'

const noKey: readonly string[] = ['sops/no-identity', 'sops/wrong-identity']

interface Scene {
  site: Site
  target: Target
  settled: Settled
  system: RenderSystem
}

/** Opened documents, or why the key does not open them: none is at hand, or another. */
type Opened = { open: Map<string, Unsealed> } | { closed: Problem | undefined }

const openAll = async (
  files: string[],
  sealing: Sealing | undefined,
  system: Pick<RenderSystem, 'files'>,
): Promise<Outcome<Opened>> => {
  if (sealing === undefined) return good({ closed: undefined })
  const open = new Map<string, Unsealed>()
  const problems: Problem[] = []
  let closed: Problem | undefined
  for (const file of files) {
    const text = await system.files.readText(file)
    if (text === undefined) continue
    const opened = await sealing.sealer.openSealed(text, file)
    if (opened.ok) open.set(file, opened.value)
    else if (!sealing.insisted && opened.problems.every(({ code }) => noKey.includes(code)))
      closed ??= opened.problems[0]
    else
      problems.push(
        ...opened.problems.map((one) =>
          noKey.includes(one.code)
            ? {
                ...one,
                fix: 'Name an identity that it is sealed for, choose another environment (--env), or leave --identity out: what has not changed needs no key.',
              }
            : one,
        ),
      )
  }
  const [first, ...rest] = problems
  if (first) return bad([first, ...rest])
  return good(closed ? { closed } : { open })
}

const nameOfField = ({ recipe }: SiteValue): string =>
  (recipe as SealedRecipe).pointer.slice('/values/'.length)

const outdated = (release: ResolvedRelease, what: string, closed: Problem | undefined): Problem =>
  problem({
    code: 'render/sealed-inputs-changed',
    what: `Release ${release.name}: ${what}`,
    where: [{ in: 'release', release: release.name, file: release.file }],
    why: `Only with the key can be told what the chart makes there now${closed ? ` (${closed.what.replace(/\.$/, '')})` : ''}.`,
    fix: `Run with the key, and commit what it writes: scout render --only ${release.name} --identity FILE, or SOPS_AGE_KEY_FILE.`,
  })

/** Without the key: that all is sealed, and that nothing has changed of what it is made of. */
const compare = (
  release: ResolvedRelease,
  fields: SiteValue[],
  { file, text }: { file: string; text: string | undefined },
  inputs: Inputs,
  closed: Problem | undefined,
): Outcome<SealedFields> => {
  const names = fields.map(nameOfField)
  const outline = text === undefined ? undefined : outlineOf(text, file)
  if (outline === undefined || text === undefined)
    return bad([
      outdated(
        release,
        `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} not sealed yet: there is no ${file}.`,
        closed,
      ),
    ])
  if (!outline.ok) return outline
  const there = new Set(outline.value.leaves.map(({ pointer }) => pointer))
  const missing = names.filter((name) => !there.has(`/values/${name}`))
  if (missing.length > 0)
    return bad([outdated(release, `${file} does not hold ${missing.join(', ')} yet.`, closed)])
  const before = outline.value.valuesWith(() => '')['inputs']
  const changed = changedInputs(before, inputs)
  if (changed.length > 0)
    return bad([
      outdated(
        release,
        `what it keeps sealed (${names.join(', ')}) has to be made anew, as this changed: ${changed.join(', ')}.`,
        closed,
      ),
    ])
  return good({ file, text, names, state: 'not re-made' })
}

const madeAnew = (release: ResolvedRelease, name: string, files: string[]): Problem =>
  problem({
    code: 'render/sealed-anew',
    severity: 'warning',
    what: `Release ${release.name}: ${name}, which is different at each render, was made and sealed anew, as ${files.join(', ')} changed.`,
    where: [{ in: 'release', release: release.name, file: release.file }],
    why: 'It may be made of a value there, such as the hash of a password.',
    fix: 'Where it is not, and must stay: restore the file that holds it from git, and render without the key.',
  })

/**
 * With the key: what the chart really makes. What is the same in two renders is that; what differs (dice) stays as it is sealed, unless a sealed
 * values file has changed since.
 */
const make = async (
  document: ReleaseDocuments,
  fields: SiteValue[],
  previous: Unsealed | undefined,
  inputs: Inputs,
  open: OpenFiles,
  { target, settled, system }: Scene,
): Promise<Outcome<Map<string, string>>> => {
  const { release } = document
  const masked = document.objects.map(({ object }) => object)
  const telling = settled.tellingOf(release)
  const valuesOf = async (salt: string): Promise<Outcome<Map<string, string>>> => {
    const rendered = await renderReally(release, target, telling, salt, open, {
      ...system,
      salting: settled.salting,
    })
    return rendered.ok ? fieldsIn(release, fields, masked, rendered.value) : rendered
  }
  // The second one has other placeholders for what only the control plane has.
  const twins = all(await Promise.all([valuesOf(''), valuesOf('twin')]))
  if (!twins.ok) return twins
  const [first, second] = twins.value as [Map<string, string>, Map<string, string>]
  const differ = fields.filter(({ id }) => first.get(id) !== second.get(id))
  if (differ.length === 0) return good(first)
  const third = await valuesOf('')
  if (!third.ok) return third
  const [of, ...ofOthers] = differ
    .filter(({ id }) => first.get(id) === third.value.get(id))
    .map((field) => ofAnother(release, field))
  if (of) return bad([of, ...ofOthers])

  const changed = changedInputs(previous?.values['inputs'], inputs)
  const changedFiles = sealedFilesOf(release, fields).filter((file) => changed.includes(layerName(file)))
  const kept = isObject(previous?.values['values']) ? previous.values['values'] : {}
  const warnings: Problem[] = []
  const values = new Map(first)
  for (const field of differ) {
    const name = nameOfField(field)
    const was = Object.hasOwn(kept, name) ? kept[name] : undefined
    if (typeof was !== 'string') continue
    if (changedFiles.length > 0) warnings.push(madeAnew(release, name, changedFiles))
    else values.set(field.id, was)
  }
  return good(values, warnings)
}

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
  const own = field && (field.recipe as SealedRecipe).file
  const opened = await openAll(own === undefined ? valuesFiles : [...valuesFiles, own], sealing, system)
  if (!opened.ok) return opened
  if (own === undefined) return good(undefined)

  const kubernetes = wholeVersion(target.kubernetes)
  const inputs = await inputsOf(document, fields, settled.tellingOf(release), kubernetes, system.files)
  const text = await system.files.readText(own)
  if (sealing === undefined || 'closed' in opened.value) {
    const closed = 'closed' in opened.value ? opened.value.closed : undefined
    return compare(release, fields, { file: own, text }, inputs, closed)
  }
  const { open } = opened.value
  const previous = open.get(own)
  const made = await make(document, fields, previous, inputs, open, scene)
  if (!made.ok) return made
  const recipients = site.environments[release.environment]?.recipients ?? []
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
