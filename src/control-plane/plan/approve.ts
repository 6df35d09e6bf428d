import { jsonFlaw } from '../../core/json-flaw.ts'
import { canonicalJson, isObject, jsonOf } from '../../core/json.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { JudgedPlan } from '../../core/judged.ts'
import { isWhole, planDocument, planFormat } from '../../core/plan-document.ts'
import type { PlanDocument } from '../../core/plan-document.ts'
import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { utf8Text } from '../../core/utf-8.ts'

/** A plan that people have agreed to, as it was saved; `file` is how messages call it. */
export interface ApprovedPlan {
  file: string
  document: PlanDocument
}

const mostNamed = 5

const refusal = (slug: string, file: string, what: string, fix: string, why?: string): Problem =>
  problem({
    code: `plan/${slug}`,
    what,
    where: [{ in: 'file', file }],
    ...(why !== undefined && { why }),
    fix,
  })

const makeAnew = 'Make the plan anew with --save-plan, and have it agreed to.'

const broken = (file: string, what: string): Outcome<never> =>
  bad([refusal('broken-plan-file', file, `${file} is no saved plan: ${what}.`, makeAnew)])

/**
 * Reads a plan that was saved with `--save-plan`. One that is cut off, edited, of another format, or no plan at all is refused: whoever agreed to it
 * agreed to something else.
 */
export const readApproved = (bytes: Uint8Array, file: string): Outcome<ApprovedPlan> => {
  const text = utf8Text(bytes)
  const value = jsonOf(bytes)
  if (text === undefined || value === undefined) return broken(file, 'it is not JSON')
  const flaw = jsonFlaw(text)
  if (flaw !== undefined)
    return broken(
      file,
      flaw.flaw === 'too-deep'
        ? `it is nested too deep, on line ${flaw.line}`
        : `it has a key twice, on line ${flaw.line}`,
    )
  if (!isObject(value) || typeof value['digest'] !== 'string') return broken(file, 'it has no digest')
  if (value['format'] !== planFormat)
    return broken(file, `its format is not ${planFormat}, which is all that this version reads`)
  if (!isWhole(value))
    return bad([
      refusal(
        'edited-plan-file',
        file,
        `${file} is not as it was saved: its digest is not that of its content.`,
        makeAnew,
        'What was agreed to is not what it says now.',
      ),
    ])
  // Its digest holds, so a program like this one has written it; its parts are compared, never followed.
  return good({ file, document: value as unknown as PlanDocument })
}

/** What a part of a document is called; what is not here goes by its own name. */
const words: { [part: string]: string } = {
  bundle: 'the bundle',
  cluster: 'the cluster',
  crds: 'the list of CustomResourceDefinitions',
  filling: 'a site value',
  generation: 'the number of the run',
  kubernetes: 'the version of Kubernetes',
  namespaces: 'the list of Namespaces',
  notes: 'what is to be known before',
  replaces: 'the bundle that is there now',
  set: 'the set',
  siteValues: 'what is done about site values',
  waves: 'the content of the waves',
}

/** Lists of which each object is named by itself. */
const perObject: { [part: string]: string } = {
  changes: 'the change of',
  prune: 'the deletion of',
  kept: 'what stays of',
}

const nameIn = (one: Json): string => {
  const id = isObject(one) && isObject(one['id']) ? one['id'] : {}
  const [kind, namespace, name] = ['kind', 'namespace', 'name'].map((key) => {
    const part = id[key]
    return typeof part === 'string' ? part : ''
  })
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

/** The parts of a document by a name that a person knows, each as its canonical text: objects first. */
const partsOf = (document: JsonObject): Map<string, string> => {
  const parts = new Map<string, string>()
  for (const [key, what] of Object.entries(perObject)) {
    const list = document[key]
    for (const one of Array.isArray(list) ? list.flat() : []) {
      const name = `${what} ${nameIn(one)}`
      parts.set(name, `${parts.get(name) ?? ''}${canonicalJson(one)}`)
    }
  }
  for (const [key, value] of Object.entries(document))
    if (!Object.hasOwn(perObject, key) && key !== 'digest') parts.set(words[key] ?? key, canonicalJson(value))
  return parts
}

const differences = (approved: PlanDocument, now: PlanDocument): string[] => {
  const before = partsOf(approved as unknown as JsonObject)
  const after = partsOf(now as unknown as JsonObject)
  const isObjects = (name: string): boolean => Object.values(perObject).some((what) => name.startsWith(what))
  const names = Array.from(new Set([...before.keys(), ...after.keys()]))
  return [...names.filter(isObjects), ...names.filter((name) => !isObjects(name))]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) =>
      !before.has(name) ? `${name} is new` : after.has(name) ? `${name} is another` : `${name} is gone`,
    )
}

/** Refuses a plan that is not the one that was agreed to, and names what differs. */
export const unlessApproved = ({ file, document }: ApprovedPlan, now: JudgedPlan): Outcome<void> => {
  const current = planDocument(now)
  if (document.digest === current.digest) return good(undefined)
  if (
    canonicalJson(document.bundle ?? null) !== canonicalJson(current.bundle) ||
    document.set !== current.set
  )
    return bad([
      refusal(
        'plan-of-another-bundle',
        file,
        `${file} is the plan of another bundle than ${current.set} ${current.bundle.version} (${current.bundle.digest}).`,
        'Name the plan that was saved from this very bundle, or make it anew.',
      ),
    ])
  const found = differences(document, current)
  const more = found.length - mostNamed
  return bad([
    refusal(
      'not-the-approved-plan',
      file,
      `What would be done now is not what was agreed to in ${file}: ${found.slice(0, mostNamed).join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
      makeAnew,
      'The cluster has changed since; nothing has been written.',
    ),
  ])
}
