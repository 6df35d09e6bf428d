import { readFile } from 'node:fs/promises'
import { groupKindOf, idOf } from '../../src/core/object.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { readYaml } from '../../src/core/yaml/read.ts'

/** One reference outside of pod specs, as test/images/labels/*.yaml write it. */
export interface LabelledReference {
  object: string
  pointer: string
  inside?: string[]
  form: string
  text?: string
  image?: string
  is: 'image' | 'part' | 'not'
  enabled?: boolean
}

export interface LabelledRelease {
  release: string
  pods?: { [image: string]: number }
  hooks?: { [image: string]: number }
  tests?: { [image: string]: number }
  references?: LabelledReference[]
}

/** The labels of a file. */
export const readLabels = async (file: string): Promise<LabelledRelease[]> => {
  const read = readYaml(await readFile(file, 'utf8'), file)
  if (!read.ok) throw new Error(read.problems[0].what)
  return read.value[0]?.value as unknown as LabelledRelease[]
}

/** An object as labels name it: `Deployment.apps/NAMESPACE/NAME`, `-` where the manifest names no namespace. */
export const labelOf = (object: KubeObject): string =>
  `${groupKindOf(idOf(object))}/${object.metadata.namespace ?? '-'}/${object.metadata.name}`
