import test from 'ava'
import { canonicalJson } from '../../src/core/json.ts'
import type { Json } from '../../src/core/json.ts'
import { printSnapshot, targetOf } from '../../src/core/snapshot.ts'
import type { SnapshotFile } from '../../src/core/declared.generated.ts'
import { loadTarget } from '../../src/system/schemas.ts'
import { goodSnapshot } from '../staging/declare/snapshots.ts'

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  )
}

test('a snapshot is one text, whatever the order of its keys, with one resource or object a line', (t) => {
  const text = printSnapshot(goodSnapshot)
  t.is(printSnapshot(reversed(goodSnapshot) as SnapshotFile), text)
  t.deepEqual(JSON.parse(text), goodSnapshot)
  const { discovery, objects } = goodSnapshot
  const lines = text.split('\n').map((line) => line.replace(/,$/, ''))
  for (const one of [...discovery.groups, ...discovery.resources, ...objects])
    t.true(lines.includes(canonicalJson(one as Json)))
  t.true(printSnapshot({ ...goodSnapshot, objects: [] }).endsWith('"objects": []\n}\n'))
})

test('a target without a snapshot is the bare server, and with one the cluster, but for how built-in kinds look', async (t) => {
  const loaded = await loadTarget('1.36')
  if (!loaded.ok) return t.fail()
  t.is(targetOf(undefined, loaded.value), loaded.value)
  const { kubernetes, discovery, objects, cluster, clusterId } = goodSnapshot
  const discovered = { kubernetes, ...discovery }
  const target = targetOf(
    { file: 'a.json', cluster, clusterId, discovered, objects: objects as never },
    loaded.value,
  )
  t.like(target, { kubernetes: '1.36.3+k3s1', snapshot: 'a.json', discovered, objects })
  t.is(target.schemas, loaded.value.schemas)
  t.deepEqual(target.kinds[0], {
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    plural: 'configmaps',
    namespaced: true,
  })
})
