import type { Json } from '../../core/json.ts'
import { groupKindOf } from '../../core/object.ts'
import type { ObjectId } from '../../core/object.ts'
import { keysOfPointer } from '../../core/pointer.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { RewrittenRelease } from '../../core/records.ts'
import { suggest } from '../../core/suggest.ts'

/** A rule of a policy as far as it names objects. */
interface Naming {
  /** `apply.ignore[0]` */
  place: string
  kind: string
  name?: string
}

const isMeant = ({ kind, name }: Pick<Naming, 'kind' | 'name'>, id: ObjectId): boolean =>
  (kind === '*' || groupKindOf(id) === kind) && (name === undefined || id.name === name)

const namingsIn = ({ policy }: RewrittenRelease): Naming[] => [
  ...policy.ignore.map((rule, index) => ({ ...rule, place: `apply.ignore[${index}]` })),
  ...policy.recreate.map((kind) => ({ kind, place: 'apply.recreate' })),
  ...policy.ready.map((rule, index) => ({ ...rule, place: `apply.ready[${index}]` })),
]

const reaches = (value: Json | undefined, [step, ...rest]: string[]): boolean => {
  if (step === undefined) return value !== undefined
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, below]) => (step === '*' || step === key) && reaches(below, rest))
}

/** Fields that are to be ignored and that no object has: nothing of them is applied anyway, so one of them is misspelt, or superfluous. */
const idleFields = (release: RewrittenRelease): Problem[] =>
  release.policy.ignore.flatMap((rule, index) => {
    const meant = release.objects.filter(({ id }) => isMeant(rule, id))
    return rule.fields
      .filter((field) => meant.length > 0 && !meant.some((one) => reaches(one.object, keysOfPointer(field))))
      .map((field) =>
        problem({
          code: 'validate/idle-rule',
          severity: 'warning',
          what: `Release ${release.name}: \`apply.ignore[${index}]\` names \`${field}\`, and no object that it is for has that field.`,
          where: [{ in: 'release', release: release.name, file: release.file }],
          why: 'What the release does not set is left to others anyway.',
          fix: 'Correct it, or remove it.',
        }),
      )
  })

const withoutObjects = (release: RewrittenRelease): Problem[] =>
  namingsIn(release).flatMap(({ place, kind, name }): Problem[] => {
    const naming = { kind, ...(name !== undefined && { name }) }
    if (release.objects.some(({ id }) => isMeant(naming, id))) return []
    const ofKind = release.objects.filter(({ id }) => isMeant({ kind }, id))
    const near =
      ofKind.length === 0
        ? suggest(
            kind,
            release.objects.map(({ id }) => groupKindOf(id)),
          )
        : suggest(
            name ?? '',
            ofKind.map(({ id }) => id.name),
          )
    const named = name === undefined || ofKind.length === 0 ? 'of that kind' : `of the name \`${name}\``
    return [
      problem({
        code: 'validate/idle-rule',
        severity: 'warning',
        what: `Release ${release.name}: \`${place}\` is for \`${kind}\`, and it has no object ${named}.`,
        where: [{ in: 'release', release: release.name, file: release.file }],
        why: 'The rule does nothing.',
        fix:
          near === undefined
            ? 'Remove it, or name what the release has: the kind and its group, such as Deployment.apps.'
            : `Did you mean \`${near}\`?`,
      }),
    ]
  })

/**
 * Warns of each rule of a release's `apply` section that does nothing: no object of the release follows it (a kind without its group, another
 * name), or none has the field.
 */
export const idleRules = (release: RewrittenRelease): Problem[] => [
  ...withoutObjects(release),
  ...idleFields(release),
]
