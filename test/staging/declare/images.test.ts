import test from 'ava'
import { declared, goodSite } from './site.ts'

const decisions = `namespace: shop
chart: { path: chart }
images:
  extra: [quay.io/a/b:1]
  ignore: [{ image: ghcr.io/a/docs:1, reason: a note for people }]
environments:
  production: { images: { extra: [quay.io/a/c:2] } }
`

test('what people say of images is as declared, and as a whole what its environment says', async (t) => {
  const of = async (environment: string) => {
    const outcome = await declared({ 'releases/database/release.yaml': decisions }, environment)
    return outcome.ok ? outcome.value.releases[0]?.imageDecisions : outcome.problems
  }
  t.deepEqual(await of('staging'), {
    extra: ['quay.io/a/b:1'],
    ignore: [{ image: 'ghcr.io/a/docs:1', reason: 'a note for people' }],
  })
  t.deepEqual(await of('production'), { extra: ['quay.io/a/c:2'], ignore: [] })
})

test("a site's finders are as declared, each one image where it says no form", async (t) => {
  const site = String(goodSite['releases/site.yaml']).replace(
    'projects:',
    'pullSecret: harbor-pull\n  finders: [{ kind: Widget.x.example, path: /spec/from }, { kind: ConfigMap, path: /data/a~1b.yaml/*, form: map, defaults: /data/c }]\n  projects:',
  )
  const outcome = await declared({ 'releases/site.yaml': site })
  if (!outcome.ok) return t.fail(JSON.stringify(outcome.problems))
  const { finders, pullSecret } = outcome.value.site.images
  t.is(pullSecret, 'harbor-pull')
  t.deepEqual(finders, [
    { kind: 'Widget.x.example', path: '/spec/from', form: 'reference' },
    { kind: 'ConfigMap', path: '/data/a~1b.yaml/*', form: 'map', defaults: '/data/c' },
  ])
})
