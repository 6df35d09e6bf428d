import test from 'ava'
import { scanText } from '../../../../src/staging/render/scan/scan-text.ts'
import { wayFor } from '../../../../src/staging/render/scan/way.ts'
import type { Way } from '../../../../src/staging/render/scan/way.ts'

const served = new Set(['v1', 'v1/Pod', 'apps/v1', 'apps/v1/Deployment', 'policy/v1', 'x.example/v1'])

const asks = (...apis: string[]): string =>
  apis.map((api) => `{{ .Capabilities.APIVersions.Has "${api}" }}`).join('')

const list = (...apiVersions: string[]): Way => ({ way: 'list', apiVersions })
const server: Way = { way: 'server' }

const ladder: [string, string, Way][] = [
  ['asks nothing', '{{ .Values.a }}', { way: 'plain' }],
  ['asks for the version of Kubernetes', '{{ .Capabilities.KubeVersion.Version }}', { way: 'plain' }],
  ['asks for what helm knows anyway', asks('apps/v1'), list('apps/v1')],
  ['asks for a kind that is served', asks('apps/v1/Deployment'), list('apps/v1/Deployment')],
  ['asks for what is not there', asks('none.example/v1', 'apps/v1/Gone'), list()],
  [
    'asks for what the set brings, twice',
    asks('x.example/v1', 'v1', 'x.example/v1'),
    list('v1', 'x.example/v1'),
  ],
  ['asks for what helm believes in and the target lacks', asks('v1', 'policy/v1beta1'), server],
  ['asks for a gone kind of what helm believes in', asks('policy/v1beta1/PodSecurityPolicy'), list()],
  ['asks for what is built at run time', '{{ .Capabilities.APIVersions.Has .x }}', server],
  [
    'asks for a gone version only where the present one is not served',
    '{{ if .Capabilities.APIVersions.Has "v1" }}{{ else if .Capabilities.APIVersions.Has "policy/v1beta1" }}{{ end }}',
    list('v1'),
  ],
  [
    'looks up only where an API is served that is not',
    '{{ if .Capabilities.APIVersions.Has "none/v1" }}{{ else }}{{ lookup "v1" "Secret" "a" "b" }}{{ end }}',
    server,
  ],
  ['looks up', '{{ lookup "v1" "Secret" "a" "b" }}', server],
]

for (const [name, text, way] of ladder)
  test(`a chart that ${name} is rendered by way of ${way.way}`, (t) => {
    const { questions } = scanText(text, 'a.yaml')
    t.deepEqual(wayFor({ questions, opaque: false }, '4.1.4', served), way)
  })

test('a chart of which something cannot be read asks the server', (t) => {
  t.deepEqual(wayFor({ questions: [], opaque: true }, '4.1.4', served), server)
})

for (const version of ['4.2.0', '3.19.0', '4.10.1', 'main'])
  test(`of helm ${version} it is not known what it believes in: who asks, asks the server`, (t) => {
    const { questions } = scanText(asks('apps/v1'), 'a.yaml')
    t.deepEqual(wayFor({ questions, opaque: false }, version, served), server)
    t.deepEqual(wayFor({ questions: [], opaque: false }, version, served), { way: 'plain' })
  })
