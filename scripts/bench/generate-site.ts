import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** By path below the site. */
type Files = { [path: string]: string }

const site = `name: bench
target: { kubernetes: "1.36", architecture: amd64 }
images: { harbor: harbor.example, projects: { docker.io: hub } }
environments: { production: { cluster: bench } }
`

const helpers = `{{- define "labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
`

const meta = (suffix: string): string =>
  `metadata:\n  name: {{ .Release.Name }}${suffix}\n  labels:\n    {{- include "labels" . | nindent 4 }}\n`

const deployment = `apiVersion: apps/v1
kind: Deployment
${meta('')}spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: { app: {{ .Release.Name }} }
  template:
    metadata:
      labels: { app: {{ .Release.Name }} }
    spec:
      containers:
        - name: main
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          env:
            {{- range $name, $value := .Values.env }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
`

const others = `apiVersion: v1
kind: Service
${meta('')}spec:
  selector: { app: {{ .Release.Name }} }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
---
apiVersion: v1
kind: ServiceAccount
${meta('')}---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
${meta('')}rules:
  - apiGroups: [""]
    resources: [configmaps, secrets]
    verbs: [get, list, watch]
{{- range $index := until (int .Values.maps) }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ $index }}
  labels:
    {{- include "labels" $ | nindent 4 }}
data:
  text: |
    {{- range $line := until (int $.Values.lines) }}
    option-{{ $line }} = value of {{ $.Release.Name }}, number {{ $line }}
    {{- end }}
{{- end }}
`

const asking = `{{- if .Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget" }}
apiVersion: policy/v1
kind: PodDisruptionBudget
${meta('')}spec:
  minAvailable: 1
  selector:
    matchLabels: { app: {{ .Release.Name }} }
{{- end }}
---
{{- $kept := lookup "v1" "ConfigMap" .Release.Namespace (printf "%s-kept" .Release.Name) }}
apiVersion: v1
kind: ConfigMap
${meta('-kept')}data:
  found: {{ empty $kept | quote }}
`

const random = `apiVersion: v1
kind: Secret
${meta('')}data:
  password: {{ .Values.password | default (randAlphaNum 16) | b64enc }}
  drawn: {{ randAlphaNum 32 | b64enc }}
`

/** A CustomResourceDefinition with so many fields, each described, as in real ones. */
const crd = (index: number, fields: number): string => {
  const kind = `Thing${index}`
  const properties = Array.from(
    { length: fields },
    (_, field) =>
      `                option${field}:\n                  description: What option ${field} of a thing does, told at some length as real ones are.\n                  type: string\n`,
  ).join('')
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: thing${index}s.bench.example
spec:
  group: bench.example
  scope: Namespaced
  names: { kind: ${kind}, listKind: ${kind}List, plural: thing${index}s, singular: thing${index} }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
${properties}`
}

const write = async (folder: string, files: Files): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

/** The classes of the generated set, and how many of its releases belong to each. */
const classes = { quiet: 160, asking: 30, random: 10 }

const chartOf = (of: keyof typeof classes, index: number): Files => {
  const name = `${of}-${index}`
  const values = {
    replicas: 1 + (index % 3),
    image: { repository: `example/${name}`, tag: `1.${index}.0` },
    env: Object.fromEntries(Array.from({ length: 10 }, (_, one) => [`OPTION_${one}`, `${index * one}`])),
    resources: { requests: { cpu: '100m', memory: '64Mi' } },
    maps: 1 + (index % 12),
    lines: 20 + ((index * 7) % 60),
  }
  const at = `releases/${name}`
  const drawn = of === 'random'
  return {
    [`${at}/release.yaml`]: `namespace: ${name}\nchart: { path: chart }\n${
      drawn
        ? `values: { password: $(site:password) }\nsiteValues:\n  password: { password: {} }\n  drawn: { password: { length: 32 }, at: [{ secret: ${name}, key: drawn }] }\n`
        : ''
    }`,
    [`${at}/chart/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    [`${at}/chart/values.yaml`]: `${JSON.stringify(values, null, 2)}\n`,
    [`${at}/chart/templates/_helpers.tpl`]: helpers,
    [`${at}/chart/templates/deployment.yaml`]: deployment,
    [`${at}/chart/templates/others.yaml`]: others,
    ...(of === 'asking' ? { [`${at}/chart/templates/asking.yaml`]: asking } : {}),
    ...(drawn ? { [`${at}/chart/templates/secret.yaml`]: random } : {}),
    // One in eight is an operator, whose CRDs outweigh all the rest, as they do in real sets.
    ...(of === 'quiet' && index % 8 === 0 ? { [`${at}/chart/crds/thing.yaml`]: crd(index, 3000) } : {}),
  }
}

const frame: Files = { 'releases/site.yaml': site, 'releases/lock.yaml': 'helm: 4.1.4\ncharts: {}\n' }

/** Writes a site of 200 releases, always the same ones: most ask nothing, some ask for API versions and look up, some draw secrets that are declared. */
export const generateSite = async (folder: string): Promise<void> => {
  await write(folder, frame)
  for (const one of Object.keys(classes) as (keyof typeof classes)[])
    for (let index = 0; index < classes[one]; index += 1) await write(folder, chartOf(one, index))
}

/** Writes a site whose charts bring this many MB of CustomResourceDefinitions, half a MB each. */
export const generateLargeSite = async (folder: string, megabytes: number): Promise<void> => {
  await write(folder, frame)
  const each = crd(0, 3800).length
  const count = Math.ceil((megabytes * 1_000_000) / each)
  const charts = 20
  for (let index = 0; index < count; index += 1) {
    const at = `releases/operator-${index % charts}`
    await write(folder, {
      [`${at}/release.yaml`]: `namespace: operators\nchart: { path: chart }\n`,
      [`${at}/chart/Chart.yaml`]: `apiVersion: v2\nname: operator\nversion: 1.0.0\n`,
      [`${at}/chart/templates/crd-${index}.yaml`]: crd(index, 3800),
    })
  }
}

/** Manifests as operators' charts print them: a large CustomResourceDefinition, and among a hundred Deployments and ConfigMaps some images. */
export const generatedManifests = (): string[] => [
  ...[0, 1, 2, 3].map((index) => crd(index, 3800)),
  Array.from(
    { length: 100 },
    (_, index) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web-${index}, labels: { app: web } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: main
          image: quay.io/bench/web:${index}
          args: [--config=/etc/web/web.conf, --side-image=quay.io/bench/side:${index}]
          env: [{ name: PATH, value: /usr/local/bin:/usr/bin }, { name: URL, value: https://web.example/${index} }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web-${index} }
data:
  web.yaml: |
    server: { listen: 8080, root: /usr/share/web }
    sidecar: { image: { repository: quay.io/bench/side, tag: "${index}" } }
${Array.from({ length: 40 }, (_, line) => `    option-${line}: value of /etc/web/${line}.conf, see https://docs.example/${line}`).join('\n')}
`,
  ).join('---\n'),
]
