import test from 'ava'
import { explain } from '../../../../src/staging/render/scan/explained.ts'
import { scanText } from '../../../../src/staging/render/scan/scan-text.ts'

const served = new Set([
  'v1',
  'v1/Pod',
  'apps/v1',
  'apps/v1/Deployment',
  'autoscaling/v1',
  'autoscaling/v2',
  'autoscaling/v2/HorizontalPodAutoscaler',
  'monitoring.coreos.com/v1',
])

const answers: [string, boolean, string[] | undefined][] = [
  ['apps/v1', true, undefined],
  ['v1/Pod', true, undefined],
  ['autoscaling/v2beta2', false, ['autoscaling/v1', 'autoscaling/v2']],
  ['autoscaling/v2beta2/HorizontalPodAutoscaler', false, ['autoscaling/v2/HorizontalPodAutoscaler']],
  ['v2', false, ['v1']],
  ['v2/Pod', false, ['v1/Pod']],
  ['monitoring.core.com/v1', false, ['monitoring.coreos.com/v1']],
  ['none.example/v1', false, []],
  ['ServiceMonitor', false, []],
]

for (const [api, answer, near] of answers)
  test(`"${api}" is answered by what is served, and a no with what comes nearest`, (t) => {
    const scan = { ...scanText(`{{ .Capabilities.APIVersions.Has "${api}" }}`, 'a.yaml'), opaque: false }
    const { questions } = explain({
      release: 'r',
      chart: 'c',
      kubernetes: 'v1.36.0',
      way: 'list',
      scan,
      served,
      lookups: [],
    })
    t.deepEqual(questions, [
      {
        file: 'a.yaml',
        line: 1,
        viaTpl: false,
        about: 'api-versions',
        asks: api,
        answer,
        ...(near && { served: near }),
      },
    ])
  })

test('what is known only in the render has no answer, and a lookup that was made often is told once', (t) => {
  const text = '{{ .Capabilities.APIVersions }}{{ lookup "v1" "Pod" "" "" }}{{ .Capabilities.KubeVersion }}'
  const lookup = { apiVersion: 'v1', kind: 'Pod', namespace: '', name: '', found: 2 }
  const { questions, lookups } = explain({
    release: 'r',
    chart: 'c',
    kubernetes: 'v1.36.0',
    way: 'server',
    scan: { ...scanText(text, 'a.yaml'), opaque: false },
    served,
    lookups: [lookup, { ...lookup, name: 'one', found: 1 }, lookup],
  })
  t.deepEqual(
    questions.map(({ answer }) => answer),
    [null, null, null],
  )
  t.deepEqual(lookups, [lookup, { ...lookup, name: 'one', found: 1 }])
})

test('what is never asked has no answer but a reason', (t) => {
  const text =
    '{{ if .Capabilities.APIVersions.Has "v1" }}{{ else if .Capabilities.APIVersions.Has "v2" }}{{ end }}'
  const scan = { ...scanText(text, 'a.yaml'), opaque: false }
  const { questions } = explain({
    release: 'r',
    chart: 'c',
    kubernetes: 'v1.36.0',
    way: 'list',
    scan,
    served,
    lookups: [],
  })
  t.like(questions[1], { asks: 'v2', answer: null, because: 'v1' })
})
