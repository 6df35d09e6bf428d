import { groupKindOf, idOf } from '../../../core/object.ts'
import { dnsLabel, dnsSubdomain, pathSegment } from '../names.ts'
import type { NameForm } from '../names.ts'
import type { Rule } from '../rule.ts'

/** Kinds whose names have another form than the usual DNS subdomain; undefined where the form is the kind's own affair. */
const forms: { [groupKind: string]: NameForm | undefined } = {
  Namespace: dnsLabel,
  Service: dnsLabel,
  'CronJob.batch': dnsSubdomain(52),
  'Role.rbac.authorization.k8s.io': pathSegment,
  'RoleBinding.rbac.authorization.k8s.io': pathSegment,
  'ClusterRole.rbac.authorization.k8s.io': pathSegment,
  'ClusterRoleBinding.rbac.authorization.k8s.io': pathSegment,
  'IPAddress.networking.k8s.io': undefined,
}
const usual = dnsSubdomain()

export const badName: Rule = {
  id: 'bad-name',
  title: 'An object bears a name that its kind cannot have',
  why: 'Names become parts of host names and URLs; the API server refuses others.',
  fix: 'Change the name, in the values or in the template.',
  examples: {
    good: [
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'system:reader' },
        rules: [],
      },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web.conf' } },
    ],
    bad: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Web_Conf' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team.shop' } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web.shop' },
        spec: { ports: [{ port: 80 }] },
      },
    ],
  },
  check(object) {
    const kind = groupKindOf(idOf(object))
    const form = Object.hasOwn(forms, kind) ? forms[kind] : usual
    return form === undefined || form.test(object.metadata.name)
      ? []
      : [{ at: ['metadata', 'name'], what: `has a name that is none: it must be ${form.words}.` }]
  },
}
