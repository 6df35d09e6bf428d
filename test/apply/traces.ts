import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { parentName } from '../../src/core/applyset.ts'
import { printJson } from '../../src/core/json.ts'
import { storeId } from '../../src/core/site-values/store.ts'
import type { Request } from '../control-plane/request.ts'

/** The texts of a Secret, decoded. */
export const textsOf = async (
  request: Request,
  namespace: string,
  plural: string,
  name: string,
): Promise<{ [key: string]: string }> => {
  const { body } = await request('GET', `/api/v1/namespaces/${namespace}/${plural}/${name}`)
  return Object.fromEntries(
    Object.entries((body.data ?? {}) as { [key: string]: string }).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]),
  )
}

/** What of a value's base64 is the same whatever stands around it, `before` bytes (modulo 3) into the text. */
const inBase64 = (value: string, before: number): string =>
  Buffer.from(' '.repeat(before) + value)
    .toString('base64')
    .replace(/=+$/, '')
    .slice(before === 0 ? 0 : before + 1, -1)

/** The forms in which a value would show: in clear, in JSON, in base64, in hex, as SHA-256, and each of its longer lines. */
export const formsOf = (value: string): string[] => {
  const digest = createHash('sha256').update(value).digest()
  return [
    value,
    value.trimEnd(),
    printJson(value).slice(1, -1),
    ...[0, 1, 2].map((before) => inBase64(value, before)),
    Buffer.from(value).toString('hex'),
    digest.toString('hex'),
    digest.toString('base64').slice(0, -1),
    digest.toString('base64url'),
    digest.subarray(0, 16).toString('base64url'),
    ...value.split('\n').filter((line) => line.length > 40),
  ]
}

/**
 * Where values show that must not: in what was told and planned, in the inventory (unpacked), the lock, all events and the annotations
 * of all workloads and of the store. In clear, in base64, and as plain SHA-256. [] is what is wanted.
 */
export const tracesOf = async (
  request: Request,
  set: string,
  namespace: string,
  values: string[],
  told: unknown[],
): Promise<string[]> => {
  const get = async (path: string): Promise<string> => (await request('GET', path)).text
  const inventory = (await request('GET', `/api/v1/namespaces/scout-system/secrets/${parentName(set)}`)).body
  const store = (await request('GET', `/api/v1/namespaces/scout-system/secrets/${storeId(set).name}`)).body
  const texts: { [where: string]: string } = {
    told: printJson(told),
    inventory: gunzipSync(Buffer.from(inventory.data.journal, 'base64')).toString(),
    'metadata of the inventory': printJson(inventory.metadata),
    'metadata of the store': printJson(store.metadata),
    'description in the store': Buffer.from(store.data.metadata, 'base64').toString(),
    lock: await get(`/apis/coordination.k8s.io/v1/namespaces/scout-system/leases/${parentName(set)}`),
    events:
      (await get(`/api/v1/namespaces/${namespace}/events`)) +
      (await get('/api/v1/namespaces/scout-system/events')),
    workloads: await get(`/apis/apps/v1/namespaces/${namespace}/deployments`),
  }
  if (Object.values(texts).some((text) => text === '')) throw new Error('nothing was looked at')
  return Object.entries(texts).flatMap(([where, text]) =>
    values.flatMap((value) =>
      formsOf(value)
        .filter((form) => text.includes(form))
        .map((form) => `${where}: ${form.slice(0, 20)}…`),
    ),
  )
}
