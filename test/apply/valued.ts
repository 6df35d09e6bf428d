import { randomUUID } from 'node:crypto'
import { changeSiteValues } from '../../src/control-plane/site-values-pipeline.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { placeholderOf } from '../../src/core/site-values/placeholder.ts'
import type { Part, Place, Recipe, SiteValue } from '../../src/core/site-values/recipe.ts'
import type { PlannedValue } from '../../src/core/site-values/planned.ts'
import { clock } from '../../src/system/clock.ts'
import { maker } from '../../src/system/maker.ts'
import type { Wanted } from '../../src/core/wanted.ts'
import { bundleOf, deployment } from './set.ts'

/** A bundle with one site value of each recipe, in all the forms that charts bring them. */

const base64 = (text: string): string => Buffer.from(text).toString('base64')

export const secret = (name: string, texts: { [key: string]: string }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, base64(text)])),
})

export const place = (
  namespace: string,
  name: string,
  key: string,
  rest: Partial<Pick<Place, 'part' | 'after' | 'before'>> = {},
): Place => ({
  object: { group: '', kind: 'Secret', namespace, name },
  field: { in: 'secret', key },
  part: 'value',
  after: '',
  before: '',
  ...rest,
})

export const password = (length = 24): Recipe => ({
  made: 'password',
  length,
  alphabet: 'letters-and-digits',
  base64: false,
})

export const certificate = (
  commonName: string,
  rest: Partial<Extract<Recipe, { made: 'certificate' }>> = {},
): Recipe => ({
  made: 'certificate',
  commonName,
  authority: false,
  dnsNames: [],
  ipAddresses: [],
  days: 365,
  issuer: null,
  ...rest,
})

export const hole = (id: string, part: Part = 'value'): string => placeholderOf(id, part)

/** A Deployment whose Pods name a Secret. */
export const using = (name: string, secretName: string): KubeObject => {
  const object = deployment(name)
  const spec = object['spec'] as JsonObject
  return {
    ...object,
    spec: {
      ...spec,
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            { name: 'app', image: 'registry.example/app:1', envFrom: [{ secretRef: { name: secretName } }] },
          ],
        },
      },
    },
  }
}

export const webhook = (namespace: string): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: `hook-${namespace}` },
  webhooks: [
    {
      name: 'hook.test.scout',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Ignore',
      clientConfig: {
        caBundle: base64(hole('app/ca', 'certificate')),
        service: { name: 'nobody', namespace },
      },
      objectSelector: { matchLabels: { 'test.scout/never': namespace } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
    },
  ],
})

export const valuesIn = (namespace: string): SiteValue[] => [
  {
    id: 'app/admin',
    recipe: password(),
    places: [
      place(namespace, 'web', 'password'),
      place(namespace, 'web', 'dsn', { after: 'pg://app:', before: '@db' }),
    ],
  },
  {
    id: 'app/admin-line',
    recipe: { made: 'htpasswd', user: 'admin', of: 'app/admin' },
    places: [place(namespace, 'web', 'htpasswd')],
  },
  {
    id: 'app/ca',
    recipe: certificate('app-ca', { authority: true }),
    places: [
      place(namespace, 'tls', 'ca.crt', { part: 'certificate' }),
      place(namespace, 'ca', 'tls.key', { part: 'key' }),
    ],
  },
  { id: 'app/smtp', recipe: { made: 'supplied' }, places: [] },
  {
    id: 'app/tls',
    recipe: certificate('app', { dnsNames: [`app.${namespace}.svc`], issuer: 'app/ca' }),
    places: [
      place(namespace, 'tls', 'tls.crt', { part: 'certificate' }),
      place(namespace, 'tls', 'tls.key', { part: 'key' }),
    ],
  },
  {
    id: 'app/token-key',
    recipe: { made: 'key', bits: 2048 },
    places: [place(namespace, 'web', 'key', { part: 'key' })],
  },
]

/** Objects that hold them: whole, inside of text, inside of base64 in base64, in a webhook, and Pods that use them. */
export const objectsIn = (namespace: string): KubeObject[] => [
  secret('web', {
    password: hole('app/admin'),
    dsn: `pg://app:${hole('app/admin')}@db`,
    htpasswd: hole('app/admin-line'),
    key: hole('app/token-key', 'key'),
    nested: base64(`user:${hole('app/admin')}`),
  }),
  secret('tls', {
    'ca.crt': hole('app/ca', 'certificate'),
    'tls.crt': hole('app/tls', 'certificate'),
    'tls.key': hole('app/tls', 'key'),
  }),
  secret('ca', { 'tls.key': hole('app/ca', 'key') }),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', annotations: { mail: hole('app/smtp') } },
    data: { 'app.yaml': `a: 1\nmail: ${hole('app/smtp')}\n`, public: hole('app/token-key', 'public') },
  },
  webhook(namespace),
  using('web', 'web'),
  deployment('plain'),
]

export const valuedBundle = (
  set: string,
  namespace: string,
  sequence = 1,
  objects = objectsIn(namespace),
  siteValues = valuesIn(namespace),
) => bundleOf(set, sequence, [{ name: 'app', namespace, objects, siteValues }])

export const systemWith = (cluster: Cluster) => ({ cluster, clock, maker, tell: () => undefined })
export const someone = () => ({ holder: `test-${randomUUID()}` })

/** Gives values as a person does. */
export const supply = async (
  cluster: Cluster,
  bundle: Wanted,
  values: { [id: string]: string },
): Promise<PlannedValue[]> =>
  await changeSiteValues(
    bundle,
    { rotate: new Set(), supply: new Map(Object.entries(values)) },
    someone(),
    systemWith(cluster),
  )

/** Has new values made. */
export const rotate = async (cluster: Cluster, bundle: Wanted, ...ids: string[]): Promise<PlannedValue[]> =>
  await changeSiteValues(bundle, { rotate: new Set(ids), supply: new Map() }, someone(), systemWith(cluster))
