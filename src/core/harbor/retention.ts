import { isObject } from '../json.ts'
import type { Json, JsonObject } from '../json.ts'
import type { Reader } from './observed.ts'

/**
 * What a project keeps: everything for ever; what was pulled within so many days; or whatever rules say that scout does not set. A project
 * without a policy keeps everything.
 */
export type Retention = { keep: 'always' } | { keep: 'pulled'; days: number } | { keep: 'other' }

/** As Harbor itself sets it up for a proxy project, of whatever age: `WithNDaysSinceLastPull` in its src/pkg/retention/policy/models.go. */
export const proxyDefault: Retention = { keep: 'pulled', days: 7 }

const daily = '0 0 0 * * *'

/** Everything of a project, also what has no tag: what is pulled by digest alone has none. */
const everything = {
  tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: '**', extras: '{"untagged":true}' }],
  scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }] },
}

/** A policy of one rule as Harbor takes it. */
export const policyOf = (project: number, retention: Exclude<Retention, { keep: 'other' }>): JsonObject => ({
  algorithm: 'or',
  rules: [
    {
      priority: 1,
      disabled: false,
      action: 'retain',
      ...(retention.keep === 'always'
        ? { template: 'always', params: {} }
        : { template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: retention.days } }),
      ...everything,
    },
  ],
  trigger: { kind: 'Schedule', settings: { cron: daily } },
  scope: { level: 'project', ref: project },
})

/** Harbor takes untagged artifacts along where nothing is said of them. */
const takesUntagged = (extras: Json | undefined): boolean =>
  typeof extras !== 'string' || extras === '' || /"untagged"\s*:\s*true/.test(extras)

const isEverything = (rule: JsonObject): boolean => {
  const { tag_selectors: tags, scope_selectors: scopes } = rule
  const repositories = isObject(scopes) ? scopes['repository'] : undefined
  const isOne = (value: Json | undefined, decoration: string): value is [JsonObject] =>
    Array.isArray(value) &&
    value.length === 1 &&
    isObject(value[0]) &&
    value[0]['decoration'] === decoration &&
    value[0]['pattern'] === '**'
  return isOne(tags, 'matches') && takesUntagged(tags[0]['extras']) && isOne(repositories, 'repoMatches')
}

/** What a policy keeps. Its rules add up: each keeps what it keeps. */
export const readRetention: Reader<Retention> = (answer) => {
  if (!isObject(answer) || !Array.isArray(answer['rules'])) return undefined
  const rules = answer['rules'].filter(isObject).filter((rule) => rule['disabled'] !== true)
  if (rules.some((rule) => rule['template'] === 'always' && isEverything(rule))) return { keep: 'always' }
  const [rule] = rules
  const params = isObject(rule?.['params']) ? rule['params'] : {}
  const days = params['nDaysSinceLastPull']
  return rules.length === 1 &&
    rule?.['template'] === 'nDaysSinceLastPull' &&
    typeof days === 'number' &&
    isEverything(rule)
    ? { keep: 'pulled', days }
    : { keep: 'other' }
}
