import { canonicalJson, isObject } from '../../../core/json.ts'
import type { Json } from '../../../core/json.ts'
import type { KubeObject } from '../../../core/object.ts'
import type { RiskRule } from '../risk-rule.ts'

/** With these verbs one can give oneself every other right. */
const escalating = ['escalate', 'bind', 'impersonate']

const listed = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

/** What a rule grants that a reviewer must know of, in words. */
const grantsOf = (rule: Json): string[] => {
  if (!isObject(rule)) return []
  const [verbs, resources, groups] = [
    listed(rule['verbs']),
    listed(rule['resources']),
    listed(rule['apiGroups']),
  ]
  const on = resources.includes('*')
    ? 'every resource'
    : resources.join(', ') || listed(rule['nonResourceURLs']).join(', ')
  const of = groups.includes('*') ? 'every API group' : groups.map((group) => group || 'core').join(', ')
  const what = `${on}${of && ` of ${of}`}`
  return [
    ...(verbs.includes('*') ? [`may do everything with ${what}`] : []),
    ...(!verbs.includes('*') && (resources.includes('*') || groups.includes('*'))
      ? [`may ${verbs.join(', ')} ${what}`]
      : []),
    ...verbs.filter((verb) => escalating.includes(verb)).map((verb) => `may ${verb} ${what}`),
  ]
}

const subjectsOf = (object: KubeObject): string[] =>
  (Array.isArray(object['subjects']) ? object['subjects'] : []).filter(isObject).map((subject) => {
    const words = [subject['kind'], subject['namespace'], subject['name']]
    return words.filter((word) => typeof word === 'string').join(' ')
  })

const widthOf = (object: KubeObject | undefined): string[] => {
  if (object === undefined || !object.apiVersion.startsWith('rbac.authorization.k8s.io/')) return []
  if (isObject(object['roleRef']) && object['roleRef']['name'] === 'cluster-admin')
    return subjectsOf(object).map((subject) => `makes ${subject} cluster-admin`)
  const found = [object['rules']].flat().flatMap((rule) => (rule === undefined ? [] : grantsOf(rule)))
  return isObject(object['aggregationRule'])
    ? [
        ...found,
        `takes on the rules of every ClusterRole that matches ${canonicalJson(object['aggregationRule'])}`,
      ]
    : found
}

export const widensRbac: RiskRule = {
  id: 'widens-rbac',
  title: 'Widens what an account may do',
  level: 'danger',
  why: 'Whoever gets hold of a pod of that account can do it, too.',
  examples: [
    {
      title: 'a role that grew a wildcard',
      before: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'operator' },
        rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
      },
      after: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'operator' },
        rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['*'] }],
      },
      finds: ['may do everything with secrets of core'],
    },
    {
      title: 'a new binding to cluster-admin',
      after: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'operator' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'ops', name: 'operator' }],
      },
      finds: ['makes ServiceAccount ops operator cluster-admin'],
    },
    {
      title: 'a role that had its wildcard before',
      before: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'a' },
        rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
      },
      after: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'a', labels: { app: 'a' } },
        rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
      },
      finds: [],
    },
  ],
  check: ({ before, after }) => {
    const had = new Set(widthOf(before))
    return [...new Set(widthOf(after))].filter((grant) => !had.has(grant))
  },
}
