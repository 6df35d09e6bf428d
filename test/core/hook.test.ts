import test from 'ava'
import { hookOf } from '../../src/core/hook.ts'

const weightOf = (weight: string): number | string | undefined => {
  const annotations = { 'helm.sh/hook': 'pre-install', 'helm.sh/hook-weight': weight }
  const hook = hookOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', annotations } })
  return hook.ok ? hook.value?.weight : hook.problems[0].code
}

const weights: [text: string, weight: number | 'render/bad-hook'][] = [
  ['5', 5],
  ['-5', -5],
  ['+5', 5],
  ['007', 7],
  ['', 'render/bad-hook'],
  [' 5', 'render/bad-hook'],
  ['0x10', 'render/bad-hook'],
  ['1e3', 'render/bad-hook'],
  ['1.0', 'render/bad-hook'],
  ['9007199254740993', 'render/bad-hook'],
]

for (const [text, weight] of weights)
  test(`a hook weight of ${JSON.stringify(text)} is ${weight}`, (t) => t.is(weightOf(text), weight))
