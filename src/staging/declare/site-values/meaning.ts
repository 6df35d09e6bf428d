import { problem } from '../../../core/problem.ts'
import type { Problem } from '../../../core/problem.ts'
import { partsOf } from '../../../core/site-values/recipe.ts'
import type { Part } from '../../../core/site-values/recipe.ts'
import { shown } from '../flow.ts'
import type { DeclaredRelease } from '../release.ts'
import { withoutPart } from './places.ts'
import { recipeOf } from './recipe.ts'
import { meantBy } from './scene.ts'
import type { Meant, Scene } from './scene.ts'
import type { FoundToken } from './tokens.ts'

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?'
const form = new RegExp(`^(?<reference>(?:${label}/)?${label})(?:\\.(?<part>[^./]*))?$`)

/** What a token stands for. */
type TokenMeaning = Omit<Meant, 'value'> & {
  value?: { written: NonNullable<Meant['value']>; part: Part }
}

const malformed = ({ written, where }: FoundToken, by: DeclaredRelease): Problem =>
  problem({
    code: 'declare/bad-token',
    what:
      written === undefined
        ? `Release ${by.name}: a token begins with \`$(site:\` and does not end in the same word with \`)\`.`
        : `Release ${by.name}: ${shown(`$(site:${written})`)} is not how a site value is named.`,
    where: [where()],
    fix: 'Write `$(site:NAME)`, `$(site:NAME.PART)` or `$(site:RELEASE/NAME)`, without spaces.',
  })

/** The value and part that a token in the values of a release names in an environment, or what is wrong with it. */
export const meaningOf = (token: FoundToken, by: DeclaredRelease, scene: Scene): TokenMeaning => {
  const { reference, part } = form.exec(token.written ?? '')?.groups ?? {}
  if (reference === undefined) return { problem: malformed(token, by) }
  const called = `\`$(site:${token.written})\``
  const { value: written, ...rest } = meantBy({ written: reference, by, where: token.where, called }, scene)
  if (written === undefined) return rest
  const recipe = recipeOf(written, scene)
  const parts = partsOf(recipe)
  const meant = part === undefined ? parts[0] : parts.find((one) => one === part)
  if (meant !== undefined) return { value: { written, part: meant } }
  const { lacks, fix } = withoutPart(part ?? '', written, recipe)
  return {
    problem: problem({
      code: 'declare/unknown-part',
      what: `Release ${by.name}: ${called} names ${lacks}.`,
      where: [token.where()],
      fix,
    }),
  }
}
