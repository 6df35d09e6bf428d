import test from 'ava'
import { chartFiles, problemsOf, releaseOf, siteOf } from '../resolve/small-site.ts'
import { renderAt } from './render-at.ts'

const config = (text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata:\n  text: {{ ${text} | quote }}\n`

const clocks = ['now', 'now | date "2006-01-02"', 'now | date "15:04"', 'now | unixEpoch', 'now | htmlDate']
for (const clock of clocks)
  test(`what a chart makes of the time is found: ${clock}`, async (t) => {
    const root = await siteOf(t, chartFiles('web', { 'templates/a.yaml': config(clock) }))
    const [found] = problemsOf(await renderAt(root, [releaseOf('web')]))
    t.regex(found?.code ?? '', /^render\/(undeclared-random|transformed-site-value)$/)
  })

const transforms = [
  'trunc 8',
  'trunc 40',
  'len',
  'lower',
  'upper',
  'sha256sum',
  'substr 1 9',
  'replace "-" "_"',
]
const tokens = { password: { id: 'web/password', part: 'value' } } as const
const siteValues = [{ id: 'web/password', recipe: { made: 'supplied' }, places: [] } as const].map((one) => ({
  ...one,
  places: [],
}))
for (const transform of transforms)
  test(`a placeholder that the chart transforms is found, be it of its values or of a lookup: ${transform}`, async (t) => {
    const root = await siteOf(t, {
      ...chartFiles('web', { 'templates/a.yaml': config(`.Values.password | ${transform} | toString`) }),
      ...chartFiles('asks', {
        'templates/a.yaml': config(
          `(lookup "v1" "Secret" "shop" "db").data.password | b64dec | ${transform} | toString`,
        ),
      }),
    })
    const values = [{ from: 'release' as const, file: 'r', values: { password: '$(site:password)' } }]
    const supplied = [{ name: 'db', namespace: 'shop', keys: ['password'] }]
    const read = {
      id: 'secret:shop/db/password',
      recipe: { made: 'read' as const, secret: 'db', namespace: 'shop', key: 'password' },
      places: [],
    }
    for (const release of [
      releaseOf('web', { values, tokens, siteValues }),
      releaseOf('asks', { supplied, siteValues: [read] }),
    ]) {
      const outcome = await renderAt(root, [release])
      t.false(outcome.ok, release.name)
    }
  })
