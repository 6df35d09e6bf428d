import type { Parts } from '../../core/effects/maker.ts'
import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { serviceOf } from '../../core/discovery.ts'
import { keyOf } from '../../core/object.ts'
import type { KubeObject, ObjectId } from '../../core/object.ts'
import { bad, good, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { problemOfRefusal } from '../../core/refusal.ts'
import type { PlannedValue } from '../../core/site-values/planned.ts'
import type { SiteValue } from '../../core/site-values/recipe.ts'
import { holdsPlaceholder } from '../../core/site-values/placeholder.ts'
import { secretText } from './taken.ts'

const secretId = (namespace: string, name: string): ObjectId => ({
  group: '',
  kind: 'Secret',
  namespace,
  name,
})

/** Reads Secrets, each once; by key. What is not there is left out. */
export const readSecrets = async (
  cluster: Cluster,
  discovery: Discovery,
  ids: ObjectId[],
): Promise<Outcome<Map<string, KubeObject>>> => {
  const service = serviceOf(discovery, 'v1', 'Secret')
  if (service.served !== 'yes') throw new Error('the API server serves no Secrets')
  const distinct = Array.from(new Map(ids.map((id) => [keyOf(id), id])).values())
  const replies = await Promise.all(
    distinct.map(async (id) => ({
      id,
      reply: await cluster.get({ kind: service.kind, namespace: id.namespace, name: id.name }),
    })),
  )
  const problems: Problem[] = []
  const found = new Map<string, KubeObject>()
  for (const { id, reply } of replies)
    if (!reply.ok) problems.push(problemOfRefusal(reply.refusal, id))
    else if (reply.value) found.set(keyOf(id), reply.value)
  return unless(problems, () => found)
}

const unreadable = (id: string, object: ObjectId, key: string, why: string): Problem =>
  problem({
    code: 'apply/site-value-unreadable',
    fault: 'world',
    what: `The site value ${id} is read from the key ${key} of the Secret ${object.namespace}/${object.name}, and ${why}.`,
    where: [{ in: 'object', object }],
    why: 'People make that Secret on the cluster; it is not in git or in the bundle.',
    fix: `kubectl create secret generic ${object.name} -n ${object.namespace} --from-file=${key}=FILE --dry-run=client -o yaml | kubectl apply -f -`,
  })

type Brought = Map<string, { parts: Parts; planned: PlannedValue }>

/** Reads the values that are read anew at each apply, by id. */
export const readValues = async (
  cluster: Cluster,
  discovery: Discovery,
  values: SiteValue[],
): Promise<Outcome<Brought>> => {
  const wanted = values.flatMap(({ id, recipe }) =>
    recipe.made === 'read'
      ? [{ id, key: recipe.key, object: secretId(recipe.namespace, recipe.secret) }]
      : [],
  )
  if (wanted.length === 0) return good(new Map())
  const secrets = await readSecrets(
    cluster,
    discovery,
    wanted.map((one) => one.object),
  )
  if (!secrets.ok) return bad(secrets.problems)
  const brought: Brought = new Map()
  const problems: Problem[] = []
  for (const { id, key, object } of wanted) {
    const secret = secrets.value.get(keyOf(object))
    const text = secretText(secret, key)
    if (secret === undefined) problems.push(unreadable(id, object, key, 'the Secret is not there'))
    else if (text === undefined)
      problems.push(unreadable(id, object, key, 'the key is not there, or is no text in UTF-8'))
    else if (holdsPlaceholder(text))
      problems.push(
        unreadable(id, object, key, 'a placeholder lies there: what was rendered was applied as it is'),
      )
    else {
      const from = `Secret ${object.namespace}/${object.name}, key ${key}`
      brought.set(id, { parts: { value: text }, planned: { do: 'read', id, from } })
    }
  }
  return unless(problems, () => brought)
}
