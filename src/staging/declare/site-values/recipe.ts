import { idOfRead, keptSealed } from '../../../core/site-values/recipe.ts'
import type { Recipe } from '../../../core/site-values/recipe.ts'
import type { Reference, Scene } from './scene.ts'
import { meantBy } from './scene.ts'
import type { Written } from './written.ts'

/** The id of a site value in its environment. */
export const idOf = ({ fullName, value: { secret }, namespace }: Written): string =>
  secret === undefined
    ? fullName
    : idOfRead({ namespace: secret.namespace ?? namespace, secret: secret.name, key: secret.key })

/** What a value says that it is made of: the certificate that issues it, the value that it is the hash of. */
export const madeOf = ({ release, value, path }: Written): Reference[] => {
  const { certificate, htpasswd } = value
  const named = [
    { written: certificate?.issuer, steps: ['certificate', 'issuer'] },
    { written: htpasswd?.of, steps: ['htpasswd', 'of'] },
  ]
  return named.flatMap(({ written, steps }) => {
    if (written === undefined) return []
    const where = () => release.declared.at([...path, ...steps])
    return [{ written, by: release, where, called: `\`siteValues.${path.at(-1)}.${steps.join('.')}\`` }]
  })
}

/** The recipe with defaults filled in and references as ids; one that names nothing, which is refused, stays as it is written. */
export const recipeOf = (written: Written, scene: Scene): Recipe => {
  const { password, key, certificate, htpasswd, supplied, secret } = written.value
  const [reference] = madeOf(written)
  const meant = reference && meantBy(reference, scene).value
  const named = meant === undefined ? (reference?.written ?? null) : idOf(meant)
  if (password !== undefined) {
    const { length = 24, alphabet = 'letters-and-digits', base64 = false } = password
    return { made: 'password', length, alphabet, base64 }
  }
  if (key !== undefined) return { made: 'key', bits: key.bits ?? 2048 }
  if (certificate !== undefined) {
    const { commonName, authority = false, dnsNames = [], ipAddresses = [], days = 3650 } = certificate
    return { made: 'certificate', commonName, authority, dnsNames, ipAddresses, days, issuer: named }
  }
  if (htpasswd !== undefined) return { made: 'htpasswd', user: htpasswd.user ?? null, of: named ?? '' }
  if (supplied !== undefined) return { made: 'supplied' }
  if (secret !== undefined) {
    const { name, namespace = written.namespace } = secret
    return { made: 'read', secret: name, namespace, key: secret.key }
  }
  return keptSealed(written.release.name, scene.environment, written.name)
}
