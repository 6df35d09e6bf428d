import { problem } from '../../../core/problem.ts'
import type { Problem } from '../../../core/problem.ts'
import { wavesOf } from '../waves.ts'
import { madeOf } from './recipe.ts'
import type { Scene } from './scene.ts'
import { meantBy } from './scene.ts'
import type { Written } from './written.ts'

/** Who can open what is kept sealed for an environment; undefined where the site's file could not be read. */
export type RecipientsOf = (environment: string) => string[] | undefined

/** Why a value is not what it is to be, and how to make it so. */
type Unfit = { slug: string; what: string; fix: string }

const unfitIssuer = ({ name, value: { certificate } }: Written): Unfit | undefined => {
  if (certificate?.authority === true) return undefined
  return {
    slug: 'not-an-authority',
    what: `which is no ${certificate === undefined ? 'certificate' : 'authority'}`,
    fix:
      certificate === undefined
        ? 'Name a certificate with `authority: true`.'
        : `Set \`authority: true\` in the certificate of \`${name}\`, or name another one.`,
  }
}

/** What bcrypt hashes of a password, in bytes; implementations cut off the rest. */
const longestForBcrypt = 72

const unfitPassword = ({ value: { password, supplied, secret } }: Written): Unfit | undefined => {
  if (!password)
    return (supplied ?? secret)
      ? undefined
      : {
          slug: 'not-a-password',
          what: 'which is no password',
          fix: 'Name a value that is made by password, supplied or secret.',
        }
  const { length = 24, base64 = false } = password
  const letters = base64 ? Math.ceil(length / 3) * 4 : length
  if (letters <= longestForBcrypt) return undefined
  return {
    slug: 'long-password',
    what: `which has ${letters} characters`,
    fix: `Make it ${longestForBcrypt} characters or less: bcrypt, which htpasswd is made with, takes no more.`,
  }
}

/** What is wrong with what a value says that it is made of; what this environment alone lacks is told where it `isAsked` for. */
export const checkMadeOf = (written: Written, scene: Scene, isAsked: boolean): Problem[] =>
  madeOf(written).flatMap((reference) => {
    const meant = meantBy(reference, scene)
    if (meant.problem !== undefined) return isAsked || meant.hereAlone !== true ? [meant.problem] : []
    const unfit = written.value.certificate === undefined ? unfitPassword : unfitIssuer
    const found = meant.value && unfit(meant.value)
    if (found === undefined) return []
    return problem({
      code: `declare/${found.slug}`,
      what: `Release ${written.release.name}: ${reference.called} names \`${reference.written}\`, ${found.what}.`,
      where: [reference.where()],
      fix: found.fix,
    })
  })

/** Certificates that sign each other in a circle. */
export const checkCircles = (scene: Scene): Problem[] => {
  const issuers = new Map(
    [...scene.values.values()].map((written) => {
      const references = written.value.certificate === undefined ? [] : madeOf(written)
      return [
        written.fullName,
        references.flatMap((one) => meantBy(one, scene).value?.fullName ?? []),
      ] as const
    }),
  )
  const order = wavesOf(new Map(issuers))
  if ('waves' in order) return []
  return order.cycles.map((cycle) =>
    problem({
      code: 'declare/issuer-cycle',
      what: `Certificates sign each other in a circle: ${cycle.join(' → ')}.`,
      where: cycle.slice(0, -1).flatMap((fullName) => {
        const written = scene.values.get(fullName)
        return written === undefined ? [] : madeOf(written).map(({ where }) => where())
      }),
      why: 'None of them could ever be made.',
      fix: 'Let one of them sign itself: remove its issuer.',
    }),
  )
}

/** A sealed value that stands nowhere: there is no other way for it to get into a chart; one that there is nobody to seal for. */
export const checkSealed = (
  { release, name, value, path }: Written,
  environment: string,
  recipientsOf: RecipientsOf,
): Problem[] => {
  if (value.sealed === undefined) return []
  const found: Problem[] = []
  if ((value.at ?? []).length === 0)
    found.push(
      problem({
        code: 'declare/missing-key',
        what: `Release ${release.name}: the site value \`${name}\` is sealed, and \`at\` does not say what is.`,
        where: [release.declared.at(path, 'key')],
        fix: 'Add, for example, `at: [{ secret: web-auth, key: password }]`.',
      }),
    )
  if (recipientsOf(environment)?.length === 0)
    found.push(
      problem({
        code: 'declare/no-recipients',
        what: `Release ${release.name}: the site value \`${name}\` is to be sealed, and releases/site.yaml does not say for whom.`,
        where: [release.declared.at([...path, 'sealed'], 'key')],
        fix: 'Add `sealing: { recipients: [age1…] }` to releases/site.yaml: who renders, and the control plane. `age-keygen -o FILE` makes a key and tells its public one.',
      }),
    )
  return found
}

/** A value that nothing uses: it would be made and kept for nobody. */
export const unusedValue = ({ release, name, path }: Written): Problem =>
  problem({
    code: 'declare/unused-site-value',
    severity: 'warning',
    what: `Release ${release.name}: nothing uses the site value \`${name}\`.`,
    where: [release.declared.at(path, 'key')],
    fix: `Say with \`at\` where the chart puts it, name it in values as $(site:${name}), or remove it.`,
  })
