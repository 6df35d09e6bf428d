import test from 'ava'
import {
  appended,
  auditEntryOf,
  emptyChain,
  faultsOf,
  nextRecord,
  recordLine,
  saysTheSame,
} from '../../src/core/audit.ts'
import type { AuditChain, AuditEntry } from '../../src/core/audit.ts'
import { checkAudit } from '../../src/core/audit-check.ts'
import { readFiledRecords } from '../../src/core/audit-file.ts'
import { auditChainOf, auditSecretOf } from '../../src/core/audit-secret.ts'
import { metricsOf } from '../../src/core/metrics.ts'
import { problem } from '../../src/core/problem.ts'
import type { RunReport } from '../../src/core/run-report.ts'

const noon = Date.UTC(2030, 0, 1, 12)

/** A report of a run that created one object, in a release that came up, and failed with another. */
const report = (rest: Partial<RunReport> = {}): RunReport => ({
  plan: {
    set: 'shop-production',
    bundle: { digest: `sha256:${'a'.repeat(64)}`, version: '1.2.0', sequence: 7 },
    replaces: null,
    generation: 3,
    siteValues: [],
    namespaces: [],
    crds: [],
    waves: [
      [
        {
          name: 'db',
          mode: 'install',
          changed: true,
          timeoutSeconds: 60,
          before: [],
          lines: [
            {
              name: 'config',
              afterWorkloads: false,
              actions: [{ do: 'create', id: { group: '', kind: 'ConfigMap', namespace: 'db', name: 'x' } }],
            },
          ],
          after: [],
        },
      ],
    ],
    prune: [],
    kept: [],
    notes: [],
  },
  releases: [
    { name: 'db', state: 'done', took: 1500, problems: [] },
    { name: 'we"b', state: 'failed', took: 2500, problems: [] },
  ],
  problems: [
    problem({
      code: 'apply/not-ready',
      fault: 'world',
      what: 'Deployment shop/web is not ready: password hunter2.',
      fix: 'x',
    }),
  ],
  warnings: [],
  started: noon,
  ended: noon + 4000,
  ...rest,
})

const context = {
  does: 'apply' as const,
  run: 'node-1/42/1',
  user: 'system:admin',
  tool: 'scout-apply/1.0.0',
  consents: ['delete Namespace'],
  signedBy: ['alice', 'bob'],
}

test('a record says who did what with which plan and what came of it, and no word of a server', (t) => {
  const entry = auditEntryOf(report(), context)
  t.like(entry, {
    set: 'shop-production',
    user: 'system:admin',
    bundle: { version: '1.2.0', signedBy: ['alice', 'bob'] },
    consents: ['delete Namespace'],
    result: 'failed',
    planned: { create: 1, change: 0, hooks: 0, delete: 0, unchanged: 0 },
    releases: { db: 'done', 'we"b': 'failed' },
    problems: ['apply/not-ready'],
    started: '2030-01-01T12:00:00.000Z',
    ended: '2030-01-01T12:00:04.000Z',
  })
  t.regex(entry.plan, /^sha256:[0-9a-f]{64}$/)
  t.notRegex(JSON.stringify(entry), /hunter2/)
})

const chainOf = (count: number, most = Infinity): AuditChain => {
  let chain = emptyChain
  for (let at = 0; at < count; at++) {
    const entry: AuditEntry = { ...auditEntryOf(report(), context), run: `node-1/42/${at}` }
    chain = appended(chain, nextRecord(chain, entry), most)
  }
  return chain
}

const five = chainOf(5)
const without = (at: number): AuditChain => ({ ...five, records: five.records.toSpliced(at, 1) })

const broken: [claim: string, chain: AuditChain, faults: string[]][] = [
  ['as it was written', five, []],
  ['none at all', emptyChain, []],
  [
    'a record that was changed',
    { ...five, records: five.records.with(2, { ...five.records[2]!, user: 'nobody' }) },
    ['record 3 was changed after it was written'],
  ],
  [
    'a record that was changed and its digest made anew',
    {
      ...five,
      records: five.records.with(
        2,
        nextRecord(
          { checkpoint: null, records: [five.records[1]!] },
          { ...auditEntryOf(report(), context), user: 'nobody' },
        ),
      ),
    },
    ["record 4 does not follow record 3: one of them was put in another's place"],
  ],
  ['the first one missing', without(0), ['record 1 is missing']],
  ['one in the middle missing', without(3), ['record 4 is missing']],
  ['two missing', { ...five, records: five.records.toSpliced(1, 2) }, ['records 2 to 3 are missing']],
  [
    'two in each other’s place',
    { ...five, records: five.records.with(1, five.records[2]!).with(2, five.records[1]!) },
    ['record 2 is missing', 'record 2 stands behind record 3', 'record 3 is missing'],
  ],
]
for (const [claim, chain, faults] of broken)
  test(`a chain of records, ${claim}: ${faults.length === 0 ? 'it holds' : 'the fault is named'}`, (t) => {
    t.deepEqual(faultsOf(chain), faults)
  })

test('a chain that grows too large folds its oldest records into a checkpoint, and still holds', (t) => {
  const size = Buffer.byteLength(JSON.stringify(five.records[0]))
  const chain = chainOf(12, size * 4)
  t.true(chain.records.length < 5 && chain.records.length > 1)
  t.is(chain.checkpoint?.number, 12 - chain.records.length)
  t.deepEqual(faultsOf(chain), [])
  t.deepEqual(faultsOf({ ...chain, records: chain.records.slice(1) }), [
    `record ${13 - chain.records.length} is missing`,
  ])
  t.deepEqual(faultsOf({ ...chain, checkpoint: { ...chain.checkpoint!, digest: 'sha256:0' } }).length, 1)
})

test('a chain is in its Secret as it was, readable by anybody, and a damaged one is refused', (t) => {
  const chain = chainOf(12, 4000)
  const secret = auditSecretOf(chain, 'shop', '7')
  const read = auditChainOf(secret, 'shop')
  t.deepEqual(read.ok && read.value, chain)
  for (const records of ['no json', '{}', '{"number":1}', '[]\n', 'null'])
    t.like(auditChainOf({ ...secret, data: { records: Buffer.from(records).toString('base64') } }, 'shop'), {
      ok: false,
      problems: [{ code: 'audit/unreadable' }],
    })
  t.like(auditChainOf({ ...secret, type: 'Opaque' }, 'shop'), { ok: false })
})

const lines = five.records.map(recordLine)
const cut = (at: number, most: number): string => (lines[at] ?? '').slice(0, most)

test('a record that was cut off at any byte is told with its line, and the chain goes on from the last whole one', (t) => {
  const [one = '', two = '', three = ''] = lines
  for (let most = 1; most < two.length - 1; most++) {
    const text = `${one}${cut(1, most)}\n${two}${three}`
    const { records, torn } = readFiledRecords(text)
    t.deepEqual([records.length, torn], [3, [2]], text)
    t.like(checkAudit('shop-production', chainOf(3), { name: 'audit.jsonl', records, torn }), {
      faults: [],
      torn: ['line 2 of audit.jsonl was cut off while it was written'],
    })
  }
  t.deepEqual(readFiledRecords(`${one}${two.trimEnd()}`), { records: five.records.slice(0, 2), torn: [] })
  t.deepEqual(readFiledRecords(`${one}${cut(1, 40)}${'\0'.repeat(9)}\n${two}`).torn, [2])
})

test('a record that somebody has cut short, where others follow it, is still found by the chain', (t) => {
  const text = [lines[0], cut(1, 200), '\n', lines[2], lines[3]].join('')
  const state = checkAudit('shop-production', chainOf(4), { name: 'f', ...readFiledRecords(text) })
  t.deepEqual(state.faults, ['record 2 is missing, in f'])
})

for (const [claim, line] of [
  ['no JSON', 'no json'],
  ['another map that is not closed', '{"number":1'],
  ['a whole map that is no record', '{"before":""}'],
  ['a record with more behind it', `${lines[1]?.trimEnd()}}`],
  ['a record with a piece taken out that leaves it closed', lines[1]?.replace('"planned":', '') ?? ''],
  ['a very long string', `{"before":"${'a'.repeat(1 << 20)}" 7}`],
] as const)
  test(`a line that was not cut off and is no record is refused: ${claim}`, (t) => {
    t.throws(() => readFiledRecords(`${lines[0]}${line}\n`), { instanceOf: TypeError, message: /^line 2: / })
  })

test('the records of one run in two chains say the same', (t) => {
  const entry = auditEntryOf(report(), context)
  const one = nextRecord(emptyChain, entry)
  const other = nextRecord(five, entry)
  t.true(saysTheSame(one, other))
  t.false(saysTheSame(one, { ...other, user: 'x' }))
})

test('metrics are in the text format of Prometheus, with what each is, and labels that are escaped', (t) => {
  const text = metricsOf(report(), '')
  t.is(
    text
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n'),
    [
      'scout_apply_last_run_timestamp_seconds{set="shop-production"} 1893499204',
      'scout_apply_last_run_duration_seconds{set="shop-production"} 4',
      'scout_apply_last_run_success{set="shop-production"} 0',
      'scout_apply_last_run_problems{set="shop-production",code="apply/not-ready"} 1',
      `scout_apply_bundle_info{set="shop-production",version="1.2.0",sequence="7",digest="sha256:${'a'.repeat(64)}"} 1`,
      'scout_apply_last_run_planned{set="shop-production",action="create"} 1',
      'scout_apply_last_run_planned{set="shop-production",action="change"} 0',
      'scout_apply_last_run_planned{set="shop-production",action="hooks"} 0',
      'scout_apply_last_run_planned{set="shop-production",action="delete"} 0',
      'scout_apply_last_run_planned{set="shop-production",action="unchanged"} 0',
      'scout_apply_last_run_releases{set="shop-production",state="done"} 1',
      'scout_apply_last_run_releases{set="shop-production",state="unchanged"} 0',
      'scout_apply_last_run_releases{set="shop-production",state="removed"} 0',
      'scout_apply_last_run_releases{set="shop-production",state="failed"} 1',
      'scout_apply_last_run_releases{set="shop-production",state="stopped"} 0',
      'scout_apply_last_run_releases{set="shop-production",state="not begun"} 0',
      'scout_apply_release_duration_seconds{set="shop-production",release="db"} 1.5',
      'scout_apply_release_duration_seconds{set="shop-production",release="we\\"b"} 2.5',
      '',
    ].join('\n'),
  )
  for (const name of new Set(text.match(/^scout_\w+/gm)))
    t.regex(text, new RegExp(`^# HELP ${name} .+\\n# TYPE ${name} gauge\\n${name}\\{`, 'm'))
})

test('when a run last succeeded outlives those that fail, even before they have a plan', (t) => {
  const good = metricsOf(report({ problems: [] }), '')
  const success = 'scout_apply_last_success_timestamp_seconds{set="shop-production"} 1893499204\n'
  t.true(good.includes(success))
  t.true(good.includes('scout_apply_last_run_success{set="shop-production"} 1\n'))
  const later = noon + 60_000
  t.true(metricsOf(report({ ended: later }), good).includes(success))
  const refused = metricsOf(
    { set: 'shop-production', codes: ['cluster/unreachable'], started: later, ended: later },
    good,
  )
  t.true(refused.includes(success))
  t.true(refused.includes('scout_apply_last_run_success{set="shop-production"} 0\n'))
})
