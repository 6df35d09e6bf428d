import test from 'ava'
import { builtInFormats, customFormat } from '../../../src/staging/validate/formats.ts'

const table: [format: string, fits: string[], fitsNot: string[]][] = [
  ['byte', ['', 'YQ==', 'YWJj', 'YW\nJj'], ['YQ', 'a-b=', 'Y===', 'ä']],
  [
    'date-time',
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678+01:00'],
    ['', '2026-02-30T00:00:00Z', '2026-01-02 03:04:05Z', '2026-01-02'],
  ],
  ['quantity', ['1', '0.5', '.5', '1.', '100m', '1Gi', '1e3', '-1k', ' 1 '], ['', '1GB', '1 Gi', 'x', '1KI']],
]

for (const [format, fits, fitsNot] of table) {
  test(`the format ${format} of built-in kinds`, (t) => {
    for (const text of fits) t.true(builtInFormats[format]?.(text), text)
    for (const text of fitsNot) t.false(builtInFormats[format]?.(text), text)
  })
}

const custom: typeof table = [
  ['byte', ['YQ=='], ['', 'YQ']],
  ['cidr', ['10.0.0.0/8', 'fd00::/8'], ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/8/8', '']],
  ['date', ['2026-01-02'], ['2026-1-2', '2026-02-30', '2026-01-02T00:00:00Z']],
  ['duration', ['1h30m', '5s', '0', '2 weeks'], ['', 'soon']],
  ['ipv4', ['10.0.0.1'], ['10.0.0', '10.0.0.256', '::1']],
  ['ipv6', ['::1', 'fd00::1'], ['10.0.0.1', ':', 'g::1']],
  ['mac', ['00:11:22:aa:bb:cc'], ['00:11:22:aa:bb', '00:11:22:aa-bb-cc']],
  ['uuid', ['6ba7b810-9dad-11d1-80b4-00c04fd430c8'], ['6ba7b810']],
  ['k8s-short-name', ['a-b'], ['a.b', 'A']],
  ['k8s-long-name', ['a.b'], ['a..b']],
]

for (const [format, fits, fitsNot] of custom) {
  test(`the format ${format} of custom resources`, (t) => {
    const test = customFormat(format)
    for (const text of fits) t.true(test?.(text), text)
    for (const text of fitsNot) t.false(test?.(text), text)
  })
}

test('formats that API servers ignore are not judged', (t) => {
  for (const format of ['int32', 'int64', 'quantity', 'made-up', 'toString', '__proto__'])
    t.is(customFormat(format), undefined)
})

test('a text of a million digits is judged in one go', (t) => {
  const digits = '1'.repeat(1_000_000)
  t.false(builtInFormats['quantity']?.(`${digits}x`))
  t.false(customFormat('duration')?.(`${digits}x`))
})
