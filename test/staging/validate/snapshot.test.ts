import test from 'ava'
import type { KubeObject } from '../../../src/core/object.ts'
import { targetOf } from '../../../src/core/snapshot.ts'
import { validate } from '../../../src/staging/validate/validate.ts'
import { loadTarget } from '../../../src/system/schemas.ts'
import { gadgetCrd, goodSnapshot } from '../declare/snapshots.ts'
import { setOf } from './set-of.ts'

const loaded = await loadTarget('1.36')
if (!loaded.ok) throw new Error(loaded.problems[0].what)
const { kubernetes, discovery, ...rest } = goodSnapshot
const target = targetOf(
  {
    file: 'releases/a.json',
    ...rest,
    discovered: { kubernetes, ...discovery },
    objects: rest.objects as KubeObject[],
  },
  loaded.value,
)

const object = (apiVersion: string, kind: string, rest: object): KubeObject =>
  ({ apiVersion, kind, metadata: { name: 'one', namespace: 'shop' }, ...rest }) as KubeObject
const gadget = (spec: object, version = 'v1') => object(`gadget.example/${version}`, 'Gadget', { spec })
const crd = (field: string, versions?: string[]) => gadgetCrd(field, versions) as unknown as KubeObject

const cases: [claim: string, objects: KubeObject[], found: string[]][] = [
  ['a custom resource is judged by the CRD in the snapshot', [gadget({ size: 1 })], []],
  ['a field that the CRD in the snapshot lacks is told', [gadget({ colour: 1 })], ['validate/unknown-field']],
  ['each version in the snapshot counts', [gadget({ colour: 1 }, 'v1beta1')], ['validate/unknown-field']],
  ['a CRD of the set replaces the one in the snapshot', [crd('colour'), gadget({ colour: 1 })], []],
  ['what the replaced CRD allowed is told', [crd('colour'), gadget({ size: 1 })], ['validate/unknown-field']],
  [
    'a version that the CRD of the set drops is served no more',
    [crd('size'), gadget({ size: 1 }, 'v1beta1')],
    ['validate/unknown-kind'],
  ],
  [
    'built-in kinds are judged by the tables',
    [object('v1', 'ConfigMap', { dta: {} })],
    ['validate/unknown-field'],
  ],
  [
    'a built-in kind that the cluster does not serve is unknown',
    [object('apps/v1', 'Deployment', {})],
    ['validate/unknown-kind'],
  ],
  [
    'nothing is said of kinds of aggregated APIs',
    [object('metrics.example/v1', 'Measure', { anything: 1 })],
    [],
  ],
  [
    'a kind that nobody has is unknown',
    [object('absent.example/v1', 'Absent', {})],
    ['validate/unknown-kind'],
  ],
]
for (const [claim, objects, codes] of cases)
  test(`with a snapshot, ${claim}`, (t) => {
    const outcome = validate(setOf({ web: objects }), target)
    t.deepEqual(outcome.ok ? [] : outcome.problems.map(({ code }) => code), codes as never)
  })

const absent = [object('absent.example/v1', 'Absent', {})]

test('the way out of an unknown kind is a snapshot only where there is none', (t) => {
  const [bare, known] = [loaded.value, target].map((one) => {
    const outcome = validate(setOf({ web: absent }), one)
    return outcome.ok ? undefined : outcome.problems[0]
  })
  t.regex(bare?.fix ?? '', /environments\.ENV\.snapshot/)
  t.false(known?.fix.includes('snapshot'))
  t.regex(known?.what ?? '', /neither the cluster in releases\/a\.json nor a CRD of the set/)
})
