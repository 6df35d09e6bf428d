import { isObject } from './json.ts'
import type { KubeObject } from './object.ts'

/**
 * A Secret with its `stringData` as the `data` that the server makes of it. Server-side apply would else own fields that are never stored: nobody
 * would see that a value was changed, and a key that the next bundle has no more would stay. What holds anything but text is left for
 * the server to refuse. All other objects are as they were.
 */
export const withoutStringData = (object: KubeObject): KubeObject => {
  const { stringData, data, ...rest } = object
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || !isObject(stringData)) return object
  const texts = Object.entries(stringData)
  if (!texts.every((one): one is [string, string] => typeof one[1] === 'string')) return object
  if (data !== undefined && data !== null && !isObject(data)) return object
  const encoded = texts.map(([key, text]) => [key, Buffer.from(text).toString('base64')] as const)
  return { ...rest, data: Object.fromEntries([...Object.entries(data ?? {}), ...encoded]) } as KubeObject
}
