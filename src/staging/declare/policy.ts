import type { ReleaseFile } from '../../core/declared.generated.ts'
import { policyFaults, usualPolicy } from '../../core/policy.ts'
import type { Policy } from '../../core/policy.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { everywhere } from './overlay.ts'
import type { DeclaredRelease } from './release.ts'

/** The policy that an `apply` section means; what it does not say is as usual. */
export const policyFrom = ({ ignore, recreate, prune, ready }: ReleaseFile['apply'] = {}): Policy => ({
  ignore: ignore ?? usualPolicy.ignore,
  recreate: (recreate ?? usualPolicy.recreate).toSorted(),
  prune: prune ?? usualPolicy.prune,
  ready: (ready ?? usualPolicy.ready).map((rule) => ({ ...rule, failed: rule.failed ?? [] })),
})

/** What cannot be meant in the `apply` sections of a release, its own and its environments'. */
export const checkPolicy = ({ name, declared, content }: DeclaredRelease): Problem[] =>
  everywhere(content, 'apply').flatMap(({ value, path }) =>
    // In the order of the file: `policyFrom` sorts, and the places would be others.
    policyFaults({ ...policyFrom(value), recreate: value.recreate ?? [] }).map(
      ({ slug, at, what, why, fix }) =>
        problem({
          code: `declare/${slug}`,
          what: `Release ${name}: ${what}.`,
          where: [declared.at([...path, ...at])],
          why,
          fix,
        }),
    ),
  )
