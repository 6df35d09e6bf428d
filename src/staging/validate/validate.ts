import { idOf, isCrd, keyOf, nameOf } from '../../core/object.ts'
import { anew } from '../../core/once.ts'
import type { Once } from '../../core/once.ts'
import { pointerOf } from '../../core/pointer.ts'
import type { Path } from '../../core/pointer.ts'
import { problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import type { RenderedObject, RewrittenRelease, SetOf, ValidatedRelease } from '../../core/records.ts'
import type { DescribedTarget } from '../../core/target.ts'
import { idleRules } from './idle-rules.ts'
import { knownKinds } from './kinds.ts'
import type { Kinds } from './kinds.ts'
import { rules } from './rules/rules.ts'
import { unknownKind } from './unknown-kind.ts'
import { wordsOf } from './words.ts'
import type { Words } from './words.ts'

const told = (release: string, { id, origin }: RenderedObject, words: Words, at: Path): Problem =>
  problem({
    code: `validate/${words.slug}`,
    severity: words.severity ?? 'error',
    what: `${nameOf(id)} ${words.what}`,
    where: [
      {
        in: 'object',
        object: id,
        release,
        pointer: pointerOf(at),
        template: origin.template,
        line: origin.line,
      },
    ],
    why: words.why,
    fix: words.fix,
  })

const problemsOf = (
  release: string,
  rendered: RenderedObject,
  kinds: Kinds,
  target: DescribedTarget,
): Problem[] => {
  const { object } = rendered
  const findings = kinds.findingsOf(object)
  if (findings === undefined)
    return [told(release, rendered, unknownKind(object, kinds.all, target), ['kind'])]
  return [
    ...findings.map((finding) => told(release, rendered, wordsOf(finding), finding.at)),
    ...rules.flatMap((rule) =>
      rule
        .check(object)
        .map(({ at, what }) =>
          told(release, rendered, { slug: rule.id, what, why: rule.why, fix: rule.fix }, at),
        ),
    ),
  ]
}

const orderOf = (one: Problem): string => {
  const [where] = one.where
  if (where?.in !== 'object') return ''
  return [where.release, keyOf(where.object), where.pointer, one.code, one.what].join('\0')
}

/** In the order of release, object, place; and the same fault, found on two ways through a schema, once. */
const inOrder = (found: Problem[]): Problem[] => {
  const byOrder = new Map(found.map((one) => [orderOf(one), one]))
  return Array.from(byOrder.keys())
    .sort()
    .map((key) => byOrder.get(key) as Problem)
}

/**
 * Judges every object of a set, of all phases, as the target's API server would: built-in kinds by the schemas of its version,
 * custom resources by the CRDs of the set, then of the cluster's snapshot, and both by the rules in `rules/`. All problems at once. A kind that neither of them has is one
 * of them; a rule of a release's `apply` section that nothing follows is a warning. What only a running server knows (admission webhooks, CEL rules, quotas) is not judged.
 * `once` judges the objects of a release, or knows from an earlier run what that would give.
 */
export const validate = (
  set: SetOf<RewrittenRelease>,
  target: DescribedTarget,
  once: Once<Problem[]> = anew,
): Outcome<SetOf<ValidatedRelease>> => {
  const objects = set.releases.flatMap((release) => release.objects)
  const crds = objects.map(({ object }) => object).filter((object) => isCrd(idOf(object)))
  const kinds = knownKinds(target, crds)
  const found = set.releases.flatMap((release) =>
    once(release, () => release.objects.flatMap((object) => problemsOf(release.name, object, kinds, target))),
  )
  return unless([...inOrder(found), ...set.releases.flatMap(idleRules)], () => ({
    ...set,
    releases: set.releases.map((release) => ({ ...release, validatedFor: target.kubernetes })),
  }))
}
