import test from 'ava'
import type { Explained } from '../../src/core/explained.ts'
import { describeQuestions } from '../../src/report/explain.ts'
import { paintIn } from '../../src/report/paint.ts'
import { golden } from '../golden/golden.ts'

const paint = paintIn(false)

const at = (file: string, line: number) => ({ file, line, viaTpl: false })

const everything: Explained = {
  release: 'harbor',
  chart: 'harbor 1.18.0',
  kubernetes: 'v1.36.0',
  way: 'server',
  opaque: true,
  questions: [
    { ...at('templates/_helpers.tpl', 7), about: 'kube-version', answer: null },
    {
      ...at('templates/hpa.yaml', 2),
      about: 'api-versions',
      asks: 'autoscaling/v2beta2',
      answer: false,
      served: ['autoscaling/v1', 'autoscaling/v2'],
    },
    {
      ...at('templates/monitor.yaml', 1),
      about: 'api-versions',
      asks: 'monitoring.coreos.com/v1',
      answer: true,
    },
    {
      ...at('templates/monitor.yaml', 1),
      about: 'api-versions',
      asks: 'monitoring.coreos.com/v1',
      answer: true,
    },
    {
      ...at('templates/monitor.yaml', 9),
      about: 'api-versions',
      asks: 'none.example/v1',
      answer: false,
      served: [],
    },
    { ...at('templates/pdb.yaml', 120), about: 'api-versions', asks: null, answer: null },
    {
      ...at('templates/secret.yaml', 3),
      about: 'lookup',
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: null,
      name: 'token',
      answer: null,
    },
    {
      ...at('templates/z.yaml', 5),
      about: 'api-versions',
      asks: 'extensions/v1beta1',
      answer: null,
      unless: ['apps/v1'],
      because: 'apps/v1',
    },
    { file: 'values.yaml', line: 80, viaTpl: true, about: 'api-versions', asks: 'apps/v1', answer: true },
  ],
  lookups: [
    { apiVersion: 'v1', kind: 'Secret', namespace: 'harbor', name: 'token', found: 0 },
    { apiVersion: 'v1', kind: 'Secret', namespace: 'harbor', name: 'redis', found: 1 },
    { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: '', found: 12 },
  ],
  dice: [
    { ...at('templates/secret.yaml', 4), function: 'genCA', by: 'chance' },
    { ...at('templates/secret.yaml', 4), function: 'genCA', by: 'chance' },
    { ...at('templates/secret.yaml', 11), function: 'now', by: 'clock' },
    { ...at('templates/config.yaml', 2), function: 'keys', by: 'order' },
  ],
}

test('questions, lookups and dice are told with file and line, answers behind them', (t) => {
  golden(t, 'report/explain.txt', describeQuestions(everything, paint))
})

for (const way of ['plain', 'list', 'manifests'] as const)
  test(`a release that asks nothing is one line: ${way}`, (t) => {
    const nothing: Explained = {
      release: 'a',
      chart: 'b 1.0.0',
      kubernetes: 'v1.36.0',
      way,
      opaque: false,
      questions: [],
      lookups: [],
      dice: [],
    }
    t.regex(describeQuestions(nothing, paint), /^a \(b 1\.0\.0\): .+\n$/)
  })

test('nothing in a chart reaches the terminal but as visible text', (t) => {
  const hostile = 'x\u001B[31m\n\u202Ey'
  const text = describeQuestions(
    {
      release: hostile,
      chart: hostile,
      kubernetes: 'v1.36.0',
      way: 'server',
      opaque: false,
      questions: [
        { ...at(hostile, 1), about: 'api-versions', asks: hostile, answer: false, served: [hostile] },
        {
          ...at(hostile, 1),
          about: 'lookup',
          apiVersion: hostile,
          kind: hostile,
          namespace: hostile,
          name: hostile,
          answer: null,
        },
      ],
      lookups: [{ apiVersion: hostile, kind: hostile, namespace: hostile, name: hostile, found: 1 }],
      dice: [{ ...at(hostile, 1), function: 'now', by: 'clock' }],
    },
    paint,
  )
  t.notRegex(text, /[\u001B\u202E]/)
  t.false(text.split('\n').some((line) => line.startsWith('y')))
})
