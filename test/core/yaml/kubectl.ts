import { execa } from 'execa'
import { isObject, parseJson } from '../../../src/core/json.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import { findPrograms } from '../../control-plane/build.ts'

export type Reading = { refused: false; objects: JsonObject[] } | { refused: true; words: string }

/** kubectl prints an integer beyond 64 bits as the digits of a float, for that is what it is there. */
const asGo = (value: Json): Json => {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? value : Number(value)
  if (Array.isArray(value)) return value.map(asGo)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asGo(inner)]))
}

const label = 'read-by'

/**
 * The objects that kubectl reads in a stream, as JSON. `label --local` asks no server, takes every kind and keeps big
 * integers; the label that it adds is taken away again, so the objects here must have no labels of their own.
 */
export const kubectlReads = async (stream: string): Promise<Reading> => {
  const { kubectl } = await findPrograms(['kubectl'])
  const { stdout, stderr, exitCode } = await execa(
    kubectl,
    ['label', '--local', '-o', 'json', '-f', '-', `${label}=kubectl`],
    { input: stream, reject: false, env: { KUBECONFIG: '/dev/null' } },
  )
  if (exitCode !== 0) return { refused: true, words: stderr }
  const texts = stdout === '' ? [] : stdout.split(/(?<=^\})\n(?=\{$)/m)
  return {
    refused: false,
    objects: texts.map((text) => {
      const object = asGo(parseJson(text)) as JsonObject
      const metadata = object['metadata'] as JsonObject
      delete metadata['labels']
      return object
    }),
  }
}
