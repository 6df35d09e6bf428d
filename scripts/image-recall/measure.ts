import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findImages, searchFor } from '../../src/core/images/find.ts'
import type { FoundImage } from '../../src/core/images/found.ts'
import { parseReference, printReference } from '../../src/core/images/reference.ts'
import { isObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { pointerOf } from '../../src/core/pointer.ts'
import { readYaml } from '../../src/core/yaml/read.ts'
import type { ImageEdit, Site } from '../../src/core/records.ts'
import { rewriting } from '../../src/staging/rewrite/edits.ts'
import { labelOf } from './labels.ts'
import type { LabelledReference, LabelledRelease } from './labels.ts'

/** One string that the rewriting changes. */
interface Change {
  place: string
  rule: string
  from: string
  to: string
}

export interface Measured {
  release: string
  /** Different image strings in pod specs: found of all. */
  pods: { found: number; of: number }
  /** References elsewhere: found surely, raised as suspects, of all. */
  references: { sure: number; suspected: number; of: number }
  missed: string[]
  /** Every changed string; those of `wrong` are no image. */
  changes: Change[]
  wrong: Change[]
  /** Suspects that are no image, by the labels. */
  falseSuspects: string[]
}

type At = { object: string; found: FoundImage }

const normal = (text: string): string => {
  const reference = parseReference(text)
  return 'malformed' in reference ? text : printReference(reference)
}

const without = (text: string): string => text.replace(/^docker\.io\//, '').replace(/^library\//, '')

/** Whether a find is the labelled reference: in one of its strings, and the same name. */
const isLabelled = ({ object, found }: At, label: LabelledReference): boolean => {
  if (object !== label.object) return false
  const near = found.parts.some(({ path }) => {
    const pointer = pointerOf(path)
    return pointer === label.pointer || pointer.startsWith(`${label.pointer}/`)
  })
  if (!near) return false
  const wanted = label.image ?? label.text ?? ''
  // Some of the fields of a reference in several; its operator puts the others to them.
  const isPartly =
    label.form === 'parts' &&
    found.reference === undefined &&
    normal(wanted).startsWith(`${normal(found.text)}:`)
  return (
    isPartly ||
    normal(found.text) === wanted ||
    found.text === wanted ||
    without(normal(found.text)) === without(wanted)
  )
}

/** Every registry has a project, so that nothing is refused. */
const everywhere = (found: FoundImage): Site['images'] => {
  const reference = parseReference(found.text)
  const host = 'malformed' in reference ? '' : reference.registry
  const first = found.text.split('/')[0] ?? ''
  return { harbor: 'harbor.example', mode: 'harbor', projects: { [host]: 'proxy', [first]: 'proxy' } }
}

const editsOf = (found: FoundImage): ImageEdit[] => {
  const outcome = found.tier === 'C' ? undefined : rewriting(found, everywhere(found))
  return outcome?.ok ? outcome.value.edits : []
}

const objectsIn = async (file: string): Promise<KubeObject[]> => {
  const read = readYaml(await readFile(file, 'utf8'), file)
  if (!read.ok) throw new Error(read.problems[0].what)
  return read.value.flatMap(({ value }) => (isObject(value) ? [value as KubeObject] : []))
}

/** What finders and rewriting do with the rendered manifests of a release (`FOLDER/RELEASE.yaml`), held against its labels. */
export const measure = async (labels: LabelledRelease, folder: string): Promise<Measured> => {
  const { release, references = [] } = labels
  const search = searchFor()
  const all: At[] = (await objectsIn(join(folder, `${release}.yaml`))).flatMap((object) =>
    findImages(object, search).map((found) => ({ object: labelOf(object), found })),
  )
  const inPods = new Set(all.filter(({ found }) => found.tier === 'A').map(({ found }) => found.text))
  const wantedInPods = new Set(
    [labels.pods, labels.hooks, labels.tests].flatMap((map) => Object.keys(map ?? {})),
  )
  const wanted = references.filter(({ is }) => is !== 'not')
  const hits = wanted.map((label) => all.filter((at) => isLabelled(at, label)))
  const explained = (at: At): boolean =>
    (at.found.tier === 'A' && wantedInPods.has(at.found.text)) ||
    wanted.some((label) => isLabelled(at, label))
  const changes = all.flatMap((at) =>
    editsOf(at.found).map((edit) => ({
      at,
      change: {
        place: `${release}: ${at.object} ${pointerOf(edit.path)}`,
        rule: at.found.rule,
        from: edit.from,
        to: edit.to,
      },
    })),
  )
  const isSure = (found: At[]): boolean => found.some(({ found: { tier } }) => tier !== 'C')
  return {
    release,
    pods: { found: [...wantedInPods].filter((image) => inPods.has(image)).length, of: wantedInPods.size },
    references: {
      sure: hits.filter(isSure).length,
      suspected: hits.filter((found) => found.length > 0 && !isSure(found)).length,
      of: wanted.length,
    },
    missed: [
      ...[...wantedInPods].filter((image) => !inPods.has(image)).map((image) => `${release}: pod ${image}`),
      ...wanted.flatMap((label, index) =>
        hits[index]?.length === 0
          ? [
              `${release}: ${label.object} ${label.pointer} ${label.image ?? label.text ?? ''}${label.enabled === false ? ' (disabled)' : ''}`,
            ]
          : [],
      ),
    ],
    changes: changes.map(({ change }) => change),
    wrong: changes.flatMap(({ at, change }) => (explained(at) ? [] : [change])),
    falseSuspects: all.flatMap((at) =>
      at.found.tier === 'C' && !explained(at)
        ? [`${release}: ${at.object} ${pointerOf(at.found.parts[0].path)} ${at.found.text}`]
        : [],
    ),
  }
}

const sum = (figures: number[]): number => figures.reduce((total, figure) => total + figure, 0)

/** The figures of many releases in words. */
export const describe = (title: string, measured: Measured[]): string => {
  const of = (pick: (one: Measured) => number): number => sum(measured.map(pick))
  const [sure, suspected, all] = [
    of(({ references }) => references.sure),
    of(({ references }) => references.suspected),
    of(({ references }) => references.of),
  ]
  const changes = of((one) => one.changes.length)
  const wrong = of((one) => one.wrong.length)
  const suspects = of((one) => one.falseSuspects.length)
  const share = (part: number, whole: number): string => (whole === 0 ? '1.000' : (part / whole).toFixed(3))
  return [
    `${title}: ${measured.length} releases`,
    `  pod images found: ${of(({ pods }) => pods.found)} of ${of(({ pods }) => pods.of)}`,
    `  other references: ${sure} found, ${suspected} raised as suspects, of ${all}: recall ${share(sure + suspected, all)}`,
    `  changed strings: ${changes}, of which ${wrong} are no image: precision ${share(changes - wrong, changes)}`,
    `  suspects that are no image: ${suspects}`,
    ...measured.flatMap(({ missed }) => missed.map((one) => `  missed: ${one}`)),
    ...measured.flatMap(({ wrong: own }) =>
      own.map((one) => `  WRONG: ${one.place} by ${one.rule}: ${one.from} → ${one.to}`),
    ),
    ...measured.flatMap(({ falseSuspects }) => falseSuspects.map((one) => `  false suspect: ${one}`)),
  ].join('\n')
}
