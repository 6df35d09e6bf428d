import { isObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { KubeObject } from '../object.ts'
import { atPointer, pointerOf, replaceAt } from '../pointer.ts'
import type { Path } from '../pointer.ts'

const specAt = (object: KubeObject, path: Path): JsonObject | undefined => {
  const spec = atPointer(object, pointerOf(path))
  return isObject(spec) ? spec : undefined
}

/** The object whose pod spec at `path` pulls with this Secret, too; undefined where it does already, or where it cannot be told. */
export const addPullSecret = (object: KubeObject, path: Path, name: string): KubeObject | undefined => {
  const spec = specAt(object, path)
  const secrets = spec?.['imagePullSecrets'] ?? []
  if (spec === undefined || !Array.isArray(secrets)) return undefined
  if (secrets.some((one) => isObject(one) && one['name'] === name)) return undefined
  return replaceAt(object, path, { ...spec, imagePullSecrets: [...secrets, { name }] }) as KubeObject
}

/** The object as it was before `addPullSecret`: the last of the secrets is taken away, and the list with it where it was made for it. */
export const removePullSecret = (object: KubeObject, path: Path): KubeObject => {
  const spec = specAt(object, path)
  const secrets = spec?.['imagePullSecrets']
  if (spec === undefined || !Array.isArray(secrets)) return object
  const { imagePullSecrets: _, ...others } = spec
  const left = secrets.slice(0, -1)
  return replaceAt(
    object,
    path,
    left.length === 0 ? others : { ...spec, imagePullSecrets: left },
  ) as KubeObject
}
