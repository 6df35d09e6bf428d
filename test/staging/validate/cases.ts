import type { JsonObject } from '../../../src/core/json.ts'
import type { KubeObject } from '../../../src/core/object.ts'

/**
 * Objects that an API server of the target version takes, and objects that it refuses. Two tests judge them: one by our
 * validation, and one, on a real API server, by that. So this table cannot say what no server says.
 */
export interface Case {
  title: string
  object: KubeObject
  /** The one problem that it has: code after `validate/`, pointer, and what its fix says. */
  refused?: Expected
  /** It is taken, with this one warning. */
  warned?: Expected
}

export interface Expected {
  code: string
  pointer: string
  fix?: string
}

export const group = 'validate.scout.example'

/** The CRD whose custom resources the cases below are. */
export const crd: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `gauges.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Gauge', listKind: 'GaugeList', plural: 'gauges', singular: 'gauge' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 30 } } },
              status: { type: 'object', required: ['phase'], properties: { phase: { type: 'string' } } },
              spec: {
                type: 'object',
                required: ['limit'],
                properties: {
                  limit: { type: 'integer', format: 'int64', minimum: 1, maximum: 1000 },
                  big: { type: 'integer', format: 'int64' },
                  beyond: { type: 'integer', maximum: 9223372036854775807n },
                  small: { type: 'integer', format: 'int32' },
                  ratio: { type: 'number', minimum: 0, exclusiveMinimum: true },
                  mode: { type: 'string', enum: ['slow', 'fast'] },
                  code: { type: 'string', pattern: '(?i)^[a-z][\\-a-z0-9]*$' },
                  since: { type: 'string', format: 'date-time' },
                  address: { type: 'string', format: 'ipv4' },
                  odd: { type: 'string', format: 'made-up' },
                  port: {
                    'x-kubernetes-int-or-string': true,
                    anyOf: [{ type: 'integer' }, { type: 'string' }],
                  },
                  maybe: { type: 'string', nullable: true },
                  plain: { type: 'string' },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  words: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 2 },
                  nothing: { type: 'object' },
                  filled: {
                    type: 'object',
                    required: ['size'],
                    properties: { size: { type: 'integer', default: 3 } },
                  },
                  tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                  rows: {
                    type: 'array',
                    maxItems: 3,
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name', 'kind'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, kind: { type: 'string', default: 'plain' } },
                    },
                  },
                  source: {
                    type: 'object',
                    properties: { url: { type: 'string' }, file: { type: 'string' } },
                    anyOf: [{ required: ['url'] }, { required: ['file'] }],
                    not: { required: ['url', 'file'] },
                  },
                  exact: {
                    type: 'object',
                    properties: { a: { type: 'string' }, b: { type: 'string' } },
                    oneOf: [{ required: ['a'] }, { required: ['b'] }],
                  },
                  embedded: {
                    type: 'object',
                    'x-kubernetes-embedded-resource': true,
                    'x-kubernetes-preserve-unknown-fields': true,
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
}

const gauge = (spec: JsonObject, rest: JsonObject = {}): KubeObject =>
  ({
    apiVersion: `${group}/v1`,
    kind: 'Gauge',
    metadata: { name: 'main' },
    spec: { limit: 1, ...spec },
    ...rest,
  }) as KubeObject

const container: JsonObject = { name: 'web', image: 'web:1' }
const deployment = (spec: JsonObject, pod: JsonObject = {}, web: JsonObject = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ ...container, ...web }], ...pod },
    },
    ...spec,
  },
})
const configMap = (metadata: JsonObject, rest: JsonObject = {}): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', ...metadata }, ...rest }) as KubeObject

const firstContainer = '/spec/template/spec/containers/0'

export const cases: Case[] = [
  {
    title: 'a Deployment with nulls, empty texts, quantities and octal modes',
    object: deployment(
      { replicas: null, strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } } },
      { volumes: [{ name: 'conf', configMap: { name: 'web', defaultMode: 420 } }], affinity: null },
      {
        imagePullPolicy: '',
        command: null,
        resources: { limits: { cpu: 0.5, memory: '64Mi' }, requests: { cpu: '100m', memory: 1000 } },
        ports: [
          { containerPort: 53, protocol: 'UDP' },
          { containerPort: 53, protocol: 'TCP' },
        ],
        volumeMounts: [{ name: 'conf', mountPath: '/etc/web' }],
      },
    ),
  },
  {
    title: 'a status that lacks what it requires',
    object: { ...deployment({}), status: { conditions: [{}] } },
  },
  {
    title: 'an unknown field',
    object: deployment({ replica: 3 }),
    refused: { code: 'unknown-field', pointer: '/spec/replica', fix: 'Did you mean `replicas`?' },
  },
  {
    title: 'an unknown field deep inside',
    object: deployment({}, {}, { imagePullpolicy: 'Always' }),
    refused: {
      code: 'unknown-field',
      pointer: `${firstContainer}/imagePullpolicy`,
      fix: 'Did you mean `imagePullPolicy`?',
    },
  },
  {
    title: 'an unknown field beside metadata',
    object: configMap({}, { dta: { a: 'b' } }),
    refused: { code: 'unknown-field', pointer: '/dta', fix: 'Did you mean `data`?' },
  },
  {
    title: 'an unknown field in metadata',
    object: configMap({ label: {} }),
    refused: { code: 'unknown-field', pointer: '/metadata/label', fix: 'Did you mean `labels`?' },
  },
  {
    title: 'a text where an integer belongs',
    object: deployment({ replicas: '3' }),
    refused: { code: 'wrong-type', pointer: '/spec/replicas', fix: 'without quotes' },
  },
  {
    title: 'a number where a text belongs',
    object: deployment({}, {}, { env: [{ name: 'PORT', value: 80 }] }),
    refused: { code: 'wrong-type', pointer: `${firstContainer}/env/0/value`, fix: 'in quotes' },
  },
  {
    title: 'a boolean label',
    object: configMap({ labels: { on: true } }),
    refused: { code: 'wrong-type', pointer: '/metadata/labels/on', fix: 'in quotes' },
  },
  {
    title: 'a list where a map belongs',
    object: configMap({}, { data: ['a'] }),
    refused: { code: 'wrong-type', pointer: '/data' },
  },
  {
    title: 'a fraction where an integer belongs',
    object: deployment({ replicas: 1.5 }),
    refused: { code: 'wrong-type', pointer: '/spec/replicas' },
  },
  {
    title: 'an integer that is too big for its field',
    object: deployment({ replicas: 2 ** 31 }),
    refused: { code: 'bad-value', pointer: '/spec/replicas' },
  },
  {
    title: 'a quantity that is none',
    object: deployment({}, {}, { resources: { limits: { memory: '64 megs' } } }),
    refused: { code: 'bad-value', pointer: `${firstContainer}/resources/limits/memory` },
  },
  {
    title: 'a missing required field',
    object: deployment({}, {}, { env: [{ value: 'x' }] }),
    refused: { code: 'missing-field', pointer: `${firstContainer}/env/0/name` },
  },
  {
    title: 'null in a required field',
    object: deployment({ selector: null }),
    refused: { code: 'missing-field', pointer: '/spec/selector' },
  },
  {
    title: 'a word that is none of those allowed',
    object: deployment({}, { restartPolicy: 'Allways' }),
    refused: { code: 'bad-value', pointer: '/spec/template/spec/restartPolicy' },
  },
  {
    title: 'two variables of one name',
    object: deployment(
      {},
      {},
      { env: [{ name: 'A', value: 'x' }, { name: 'B' }, { name: 'A', value: 'y' }] },
    ),
    refused: { code: 'duplicate-item', pointer: `${firstContainer}/env/2` },
  },
  {
    title: 'two ports that are the same once the default protocol is filled in',
    object: deployment({}, {}, { ports: [{ containerPort: 53 }, { containerPort: 53, protocol: 'TCP' }] }),
    refused: { code: 'duplicate-item', pointer: `${firstContainer}/ports/1` },
  },
  {
    title: 'a finalizer twice',
    object: configMap({ finalizers: ['a.example/b', 'a.example/b'] }),
    refused: { code: 'duplicate-item', pointer: '/metadata/finalizers/1' },
  },
  {
    title: 'a Secret whose data is not base64',
    object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, data: { password: 'hunter2!' } },
    refused: { code: 'bad-value', pointer: '/data/password' },
  },
  {
    title: 'a version of a kind that is gone',
    object: {
      apiVersion: 'policy/v1beta1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web' },
      spec: {},
    },
    refused: { code: 'unknown-kind', pointer: '/kind', fix: 'It is served as policy/v1' },
  },
  {
    title: 'a kind that is misspelt',
    object: { apiVersion: 'apps/v1', kind: 'Deploymnet', metadata: { name: 'web' } },
    refused: { code: 'unknown-kind', pointer: '/kind', fix: 'Did you mean Deployment?' },
  },
  {
    title: 'a kind whose CRD nobody brings',
    object: { apiVersion: 'nobody.example/v1', kind: 'Thing', metadata: { name: 'web' } },
    refused: {
      code: 'unknown-kind',
      pointer: '/kind',
      fix: 'Add the release whose CustomResourceDefinition brings Thing',
    },
  },
  {
    title: 'a version of a custom resource that its CRD does not serve',
    object: { ...gauge({}), apiVersion: `${group}/v2` },
    refused: { code: 'unknown-kind', pointer: '/kind', fix: `It is served as ${group}/v1` },
  },
  {
    title: 'a custom resource with everything',
    object: gauge({
      limit: 1000,
      big: 9223372036854775807n,
      small: 2 ** 31 - 1,
      ratio: 0.5,
      mode: 'slow',
      code: 'AB-1',
      since: '2026-01-02T03:04:05Z',
      address: '10.0.0.1',
      odd: 'whatever',
      port: 'http',
      maybe: null,
      free: { anything: { goes: [1, null] } },
      words: { a: 'b' },
      nothing: {},
      filled: { size: null },
      tags: ['a', 'b'],
      rows: [{ name: 'a' }, { name: 'a', kind: 'other' }],
      source: { url: 'x' },
      exact: { a: 'x' },
      embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, more: 1 },
    }),
  },
  {
    title: 'a custom resource whose status lacks what it requires, because the server drops it',
    object: gauge({}, { status: {} }),
  },
  {
    title: 'an unknown field in a custom resource',
    object: gauge({ mod: 'slow' }),
    refused: { code: 'unknown-field', pointer: '/spec/mod', fix: 'Did you mean `mode`?' },
  },
  {
    title: 'an unknown field at the root of a custom resource',
    object: gauge({}, { specs: {} }),
    refused: { code: 'unknown-field', pointer: '/specs', fix: 'Did you mean `spec`?' },
  },
  {
    title: 'an unknown field in the status of a custom resource',
    object: gauge({}, { status: { fase: 'x' } }),
    refused: { code: 'unknown-field', pointer: '/status/fase' },
  },
  {
    title: 'an unknown field in the metadata of a custom resource',
    object: gauge({}, { metadata: { name: 'main', label: {} } }),
    refused: { code: 'unknown-field', pointer: '/metadata/label' },
  },
  {
    title: 'a field in a map for which the schema names none',
    object: gauge({ nothing: { a: 1 } }),
    warned: { code: 'dropped-field', pointer: '/spec/nothing/a' },
  },
  {
    title: 'a wrong type in a custom resource',
    object: gauge({ limit: 'many' }),
    refused: { code: 'wrong-type', pointer: '/spec/limit' },
  },
  {
    title: 'a wrong type in the status of a custom resource',
    object: gauge({}, { status: { phase: 1 } }),
    refused: { code: 'wrong-type', pointer: '/status/phase' },
  },
  {
    title: 'null in a field of a custom resource that is not nullable',
    object: gauge({ plain: null }),
    refused: { code: 'wrong-type', pointer: '/spec/plain', fix: 'Leave the field out' },
  },
  {
    title: 'a missing required field of a custom resource',
    object: gauge({}, { spec: {} }),
    refused: { code: 'missing-field', pointer: '/spec/limit' },
  },
  {
    title: 'an integer of a custom resource that is too big for its format',
    object: gauge({ small: 2 ** 31 }),
    refused: { code: 'bad-value', pointer: '/spec/small' },
  },
  {
    title: 'an integer whose CRD names a maximum that the server cannot compare with',
    object: gauge({ beyond: 1 }),
    refused: { code: 'impossible-bound', pointer: '/spec/beyond', fix: 'Take maximum out of the CRD' },
  },
  {
    title: 'a number below its minimum',
    object: gauge({ limit: 0 }),
    refused: { code: 'bad-value', pointer: '/spec/limit' },
  },
  {
    title: 'a number at its exclusive minimum',
    object: gauge({ ratio: 0 }),
    refused: { code: 'bad-value', pointer: '/spec/ratio' },
  },
  {
    title: 'a word of a custom resource that is none of those allowed',
    object: gauge({ mode: 'quick' }),
    refused: { code: 'bad-value', pointer: '/spec/mode' },
  },
  {
    title: 'a text that does not match its pattern, written for Go',
    object: gauge({ code: '1a' }),
    refused: { code: 'bad-value', pointer: '/spec/code' },
  },
  {
    title: 'a time that is none',
    object: gauge({ since: 'yesterday' }),
    refused: { code: 'bad-value', pointer: '/spec/since' },
  },
  {
    title: 'an address that is none',
    object: gauge({ address: '10.0.0.256' }),
    refused: { code: 'bad-value', pointer: '/spec/address' },
  },
  {
    title: 'a boolean where an integer or a text belongs',
    object: gauge({ port: true }),
    refused: { code: 'wrong-type', pointer: '/spec/port' },
  },
  {
    title: 'too many fields',
    object: gauge({ words: { a: 'a', b: 'b', c: 'c' } }),
    refused: { code: 'bad-value', pointer: '/spec/words' },
  },
  {
    title: 'too many items',
    object: gauge({ rows: [{ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }] }),
    refused: { code: 'bad-value', pointer: '/spec/rows' },
  },
  {
    title: 'an item of a set twice',
    object: gauge({ tags: ['a', 'b', 'a'] }),
    refused: { code: 'duplicate-item', pointer: '/spec/tags/2' },
  },
  {
    title: 'an item of a list by keys twice, its default filled in',
    object: gauge({ rows: [{ name: 'a', kind: 'plain' }, { name: 'a' }] }),
    refused: { code: 'duplicate-item', pointer: '/spec/rows/1' },
  },
  {
    title: 'none of the alternatives',
    object: gauge({ source: {} }),
    refused: { code: 'no-alternative', pointer: '/spec/source', fix: 'Add url or file.' },
  },
  {
    title: 'what stands together and must not',
    object: gauge({ source: { url: 'a', file: 'b' } }),
    refused: { code: 'excluded', pointer: '/spec/source' },
  },
  {
    title: 'two alternatives of which exactly one must fit',
    object: gauge({ exact: { a: 'a', b: 'b' } }),
    refused: { code: 'no-alternative', pointer: '/spec/exact' },
  },
  {
    title: 'an embedded object without a kind',
    object: gauge({ embedded: { apiVersion: 'v1' } }),
    refused: { code: 'missing-field', pointer: '/spec/embedded/kind' },
  },
  {
    title: 'a name that the CRD holds to be too long',
    object: gauge({}, { metadata: { name: 'a-name-that-is-longer-than-thirty-one' } }),
    refused: { code: 'bad-value', pointer: '/metadata/name' },
  },
  {
    title: 'a field named __proto__',
    object: gauge(JSON.parse('{"__proto__": {"limit": 1}}') as JsonObject),
    refused: { code: 'unknown-field', pointer: '/spec/__proto__' },
  },
  {
    title: 'a CRD',
    object: {
      ...crd,
      status: { acceptedNames: { kind: '', plural: '' }, conditions: [], storedVersions: [] },
    },
  },
  {
    title: 'an unknown keyword in the schema of a CRD',
    object: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `dials.${group}` },
      spec: {
        group,
        scope: 'Cluster',
        names: { kind: 'Dial', plural: 'dials' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', properties: { a: { type: 'string', requred: true } } },
            },
          },
        ],
      },
    },
    refused: {
      code: 'unknown-field',
      pointer: '/spec/versions/0/schema/openAPIV3Schema/properties/a/requred',
      fix: 'Did you mean `required`?',
    },
  },
]
