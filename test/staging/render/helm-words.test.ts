import test from 'ava'
import { understand } from '../../../src/staging/render/helm-words.ts'

const advice = '\n\nUse --debug flag to render out invalid YAML\n'
const place = (template: string, line: number, column?: number, at?: string) => ({
  template,
  line,
  ...(column === undefined ? {} : { column }),
  ...(at === undefined ? {} : { at }),
})

const cases = [
  {
    says: 'a missing value, as helm 4 writes it',
    words: `Error: web/templates/d.yaml:2:13\n  executing "web/templates/d.yaml" at <.Values.x.y>:\n    nil pointer evaluating interface {}.y${advice}`,
    code: 'render/missing-value',
    what: 'the template reads .Values.x.y, but .Values.x is not set.',
    place: place('web/templates/d.yaml', 2, 13, '.Values.x.y'),
    values: [['x', 'y']],
  },
  {
    says: 'a missing value, as helm 3 writes it',
    words: `Error: template: web/templates/d.yaml:2:13: executing "web/templates/d.yaml" at <.Values.x.y>: nil pointer evaluating interface {}.y${advice}`,
    code: 'render/missing-value',
    what: 'the template reads .Values.x.y, but .Values.x is not set.',
    place: place('web/templates/d.yaml', 2, 13, '.Values.x.y'),
    values: [['x', 'y']],
  },
  {
    says: 'the innermost of nested templates',
    words: `Error: web/templates/d.yaml:1:6\n  executing "web/templates/d.yaml" at <include "web.x" .>:\n    error calling include:\nweb/templates/_h.tpl:2:10\n  executing "web.x" at <.Values.a.b>:\n    nil pointer evaluating interface {}.b${advice}`,
    code: 'render/missing-value',
    what: 'the template reads .Values.a.b, but .Values.a is not set.',
    place: place('web/templates/_h.tpl', 2, 10, '.Values.a.b'),
    via: [place('web/templates/d.yaml', 1, 6, 'include "web.x" .')],
    values: [['a', 'b']],
  },
  {
    says: 'a value that is missing further up',
    words: `Error: web/templates/d.yaml:2:13\n  executing "web/templates/d.yaml" at <.Values.a.b.c>:\n    nil pointer evaluating interface {}.b${advice}`,
    code: 'render/missing-value',
    what: 'the template reads .Values.a.b.c, but .Values.a is not set.',
    place: place('web/templates/d.yaml', 2, 13, '.Values.a.b.c'),
    values: [['a', 'b']],
  },
  {
    says: 'a value that is no map',
    words: `Error: web/templates/d.yaml:2:13\n  executing "web/templates/d.yaml" at <.Values.replicas.min.x>:\n    can't evaluate field min in type interface {}${advice}`,
    code: 'render/template-error',
    what: 'the template reads .Values.replicas.min.x, but .Values.replicas is no map.',
    place: place('web/templates/d.yaml', 2, 13, '.Values.replicas.min.x'),
    values: [['replicas']],
  },
  {
    says: 'a shortened expression, of which no path of values is claimed',
    words: `Error: web/templates/d.yaml:2:13\n  executing "web/templates/d.yaml" at <.Values.persistence....>:\n    nil pointer evaluating interface {}.size${advice}`,
    code: 'render/missing-value',
    what: 'the template reads size of something that is not set, at .Values.persistence..',
    place: place('web/templates/d.yaml', 2, 13, '.Values.persistence.'),
  },
  {
    says: 'a chart that refuses',
    words: `Error: execution error at (web/templates/d.yaml:1:3): webhooks require cert-manager\nto be installed${advice}`,
    code: 'render/chart-refuses',
    what: 'the chart itself refuses: webhooks require cert-manager to be installed.',
    place: place('web/templates/d.yaml', 1, 3),
  },
  {
    says: 'a template that is none',
    words: `Error: parse error at (web/templates/d.yaml:2): missing value for if${advice}`,
    code: 'render/template-syntax',
    what: 'web/templates/d.yaml is no template: missing value for if.',
    place: place('web/templates/d.yaml', 2),
  },
  {
    says: 'a named template that is missing',
    words: `Error: web/templates/d.yaml:1:3\n  executing "web/templates/d.yaml" at <include "web.nope" .>:\n    error calling include:\ntemplate: no template "web.nope" associated with template "gotpl"${advice}`,
    code: 'render/missing-template',
    what: 'no template is named "web.nope".',
    place: place('web/templates/d.yaml', 1, 3, 'include "web.nope" .'),
  },
  {
    says: 'output that is not YAML, without a line of the template',
    words: `Error: YAML parse error on web/templates/d.yaml: error converting YAML to JSON: yaml: line 4: did not find expected key${advice}`,
    code: 'render/bad-yaml',
    what: 'what web/templates/d.yaml renders to is not YAML: line 4: did not find expected key.',
    place: { template: 'web/templates/d.yaml' },
  },
  {
    says: 'a dependency that is missing',
    words:
      'Error: an error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: redis, kafka\n',
    code: 'render/missing-dependency',
    what: 'charts it depends on are not in releases/web/chart/charts: redis, kafka.',
    line: { file: 'Chart.yaml', says: 'name: redis' },
  },
  {
    says: 'a chart for another Kubernetes',
    words: `Error: chart requires kubeVersion: >=1.99.0 which is incompatible with Kubernetes v1.36.0${advice}`,
    code: 'render/kubernetes-version',
    what: 'the chart takes Kubernetes >=1.99.0, and the target is v1.36.0.',
    line: { file: 'Chart.yaml', says: 'kubeVersion:' },
  },
  {
    says: 'a values schema on the network',
    words:
      'Error: values don\'t meet the specifications of the schema(s) in the following chart(s):\nweb:\nfailing loading "https://schemas.example/x.json": HTTP request failed for https://schemas.example/x.json: proxyconnect tcp\n',
    code: 'render/remote-schema',
    what: 'its values schema refers to https://schemas.example/x.json, which is not part of the chart.',
    line: { file: 'values.schema.json', says: 'https://schemas.example/x.json' },
  },
  {
    says: 'a values file that is missing',
    words: 'Error: open releases/web/none.yaml: no such file or directory\n',
    code: 'render/missing-file',
    what: 'there is no releases/web/none.yaml.',
  },
  {
    says: 'a values file that is not YAML',
    words:
      'Error: failed to parse releases/web/bad.yaml: cannot unmarshal yaml document: error converting YAML to JSON: yaml: line 1: did not find expected node content\n',
    code: 'render/bad-values-file',
    what: 'releases/web/bad.yaml is not YAML: line 1: did not find expected node content.',
  },
  {
    says: 'anything else by its first line',
    words: 'level=ERROR msg="x"\nError: something new in helm\nmore\n',
    code: 'render/helm-refused',
    what: 'helm refuses: something new in helm.',
  },
  {
    says: 'silence',
    words: '',
    code: 'render/helm-refused',
    fault: 'world',
    what: 'helm ended with a failure, and gives no reason.',
  },
  {
    says: 'a crash of helm',
    words:
      'panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:12 +0x1\n',
    code: 'render/helm-crashed',
    fault: 'world',
    what: 'helm crashed: runtime error: index out of range.',
  },
]
for (const { says, words, ...wanted } of cases)
  test(`helm's words are understood: ${says}`, (t) => {
    const [{ fix, why: _, ...found }, ...others] = understand(words, 'releases/web/release.yaml', {
      name: 'web',
      directory: 'releases/web/chart',
      wayTo: (chart) => [chart],
    })
    t.deepEqual(found, wanted as typeof found)
    t.not(fix, '')
    t.is(others.length, 0)
  })

const below = { name: 'web', directory: 'd', wayTo: (chart: string) => ['mid', chart] }
const schemas: [as: string, words: string, wanted: string[]][] = [
  [
    'helm from 3.18 on',
    "- at '': missing properties 'host', 'it\\'s'\n- at '/replicas': got string, want integer\ncache:\n- at '/a/0': validation failed\n  - at '/a/0/b.c': got boolean, want integer\n  - at '/a/0': additional properties 'z' not allowed\n- at '/mail': 'hunter2' is not valid email: missing @ in hunter2\n- at '/p': 'hunter2 at \\'x\\': y' does not match pattern '^x'\n",
    [
      'mid.cache.a[0].z is none of the values that the schema of its chart cache knows.',
      'mid.cache.a[0]["b.c"] is not what the schema of its chart cache wants: got boolean, want integer.',
      'mid.cache.mail is not what the schema of its chart cache wants: what is there is not valid email.',
      "mid.cache.p is not what the schema of its chart cache wants: what is there does not match pattern '^x'.",
      '["it\'s"] is not set, and the schema of the chart wants it.',
      'host is not set, and the schema of the chart wants it.',
      'replicas is not what the schema of the chart wants: got string, want integer.',
    ],
  ],
  [
    'helm up to 3.17',
    '- (root): host is required\n- ports.0.port: Invalid type. Expected: integer, given: string\n- (root): Additional property extra is not allowed\n',
    [
      'extra is none of the values that the schema of the chart knows.',
      'host is not set, and the schema of the chart wants it.',
      'ports[0].port is not what the schema of the chart wants: Invalid type. Expected: integer, given: string.',
    ],
  ],
]
for (const [as, words, wanted] of schemas)
  test(`each fault that the values schema finds is a problem of its own, with its path and no value, as ${as} writes it`, (t) => {
    const head =
      "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n"
    const found = understand(`${head}${words}`, 'r', below)
    t.deepEqual(
      found.map(({ what }) => what),
      wanted,
    )
    t.notRegex(JSON.stringify(found), /hunter2/)
  })
