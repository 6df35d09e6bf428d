import { forgetful } from '../../../src/core/effects/memory.ts'
import test from 'ava'
import { join } from 'node:path'
import { printJson } from '../../../src/core/json.ts'
import { nameOf } from '../../../src/core/object.ts'
import type { RenderedRelease, SetOf } from '../../../src/core/records.ts'
import { declare } from '../../../src/staging/declare/declare.ts'
import { render } from '../../../src/staging/render/render.ts'
import { resolve } from '../../../src/staging/resolve/resolve.ts'
import { openFiles } from '../../../src/system/files.ts'
import { openHelm } from '../../../src/system/helm.ts'
import { loadTarget } from '../../../src/system/schemas.ts'
import { openStandIn } from '../../../src/system/stand-in.ts'
import { valueOf } from '../resolve/small-site.ts'

const standIn = await openStandIn()
test.after.always(() => standIn.close())

const root = join(import.meta.dirname, '..', '..', '..')

const rendered = async (environment: string, without: string[] = []): Promise<SetOf<RenderedRelease>> => {
  const files = openFiles(root)
  const declared = valueOf(await declare({ environment }, { files }))
  const kept = { ...declared, releases: declared.releases.filter(({ name }) => !without.includes(name)) }
  const helm = valueOf(await openHelm(root, declared.lock.helm))
  const target = valueOf(await loadTarget(declared.site.target.kubernetes))
  const set = valueOf(await resolve(kept, { files, helm }))
  const outcome = await render(
    { set, target, wanted: new Set(set.releases.map(({ name }) => name)) },
    { helm, files, tell: () => {}, openStandIn: async () => standIn, memory: forgetful },
  )
  // The sample site is there to be free of warnings, too.
  const warnings = outcome.ok ? outcome.warnings.map(({ what }) => what) : []
  if (warnings.length > 0) throw new Error(warnings.join('\n'))
  return valueOf(outcome)
}

const namesOf = ({ releases }: SetOf<RenderedRelease>): string[] =>
  releases.flatMap(({ name, objects }) => objects.map(({ phase, id }) => `${name} ${phase} ${nameOf(id)}`))

const objectOf = (set: SetOf<RenderedRelease>, name: string) =>
  set.releases.flatMap(({ objects }) => objects).find(({ id }) => nameOf(id) === name)?.object

test('the sample site renders, two times the same, whatever the order of work', async (t) => {
  const [once, again] = await Promise.all([rendered('production'), rendered('production')])
  t.is(printJson(once), printJson(again))
  t.deepEqual(
    namesOf(once).filter((name) => /^(certs|bootstrap|web) (crds|hooks|delete-hooks)/.test(name)),
    [
      'bootstrap hooks Job shop/bootstrap',
      'certs crds CustomResourceDefinition certificates.certs.sample.example',
      'certs crds CustomResourceDefinition issuers.certs.sample.example',
      'web hooks ConfigMap shop/web-migrate',
      'web hooks Job shop/web-migrate',
      'web delete-hooks Job shop/web-drain',
    ],
  )
  t.deepEqual(
    namesOf(once).filter((name) => name.startsWith('platform ')),
    [
      'platform main ConfigMap platform/flags',
      'platform main ConfigMap platform/settings',
      'platform main ConfigMap platform/windows',
      'platform main LimitRange shop/shop',
      'platform main PersistentVolume local-0',
      'platform main ResourceQuota shop/shop',
      'platform main Issuer self-signed',
      'platform main NetworkPolicy shop/default-deny',
      'platform main ClusterRole sample:view-certs',
      'platform main PriorityClass node-critical',
      'platform main StorageClass local',
    ],
  )
})

test('in production web has three replicas and its own host; node-agent is not in staging', async (t) => {
  const [production, staging] = await Promise.all([rendered('production'), rendered('staging')])
  t.like(objectOf(production, 'Deployment shop/web'), { spec: { replicas: 3 } })
  t.like(objectOf(staging, 'Deployment shop/web'), { spec: { replicas: 1 } })
  t.like(objectOf(production, 'Certificate shop/web'), { spec: { dnsNames: ['shop.example'] } })
  t.like(objectOf(staging, 'Certificate shop/web'), { spec: { dnsNames: ['shop.staging.example'] } })
  t.not(objectOf(production, 'DaemonSet agents/node-agent'), undefined)
  t.is(objectOf(staging, 'DaemonSet agents/node-agent'), undefined)
})

test('octal modes, booleans of YAML 1.1 and 2^63-1 come out of the line as Kubernetes reads them', async (t) => {
  const set = await rendered('production')
  t.like(objectOf(set, 'Certificate shop/web'), { spec: { serial: 9223372036854775807n } })
  t.like(objectOf(set, 'Issuer self-signed'), {
    spec: { plugin: { unheardOf: { big: 9223372036854775807n, of: [1, 'two', 3.5] } } },
  })
  t.like(objectOf(set, 'StatefulSet shop/database'), {
    spec: {
      template: {
        spec: { volumes: [{ configMap: { defaultMode: 0o444 } }, { secret: { defaultMode: 0o400 } }] },
      },
    },
  })
  t.like(objectOf(set, 'StorageClass local'), { allowVolumeExpansion: true })
  t.like(objectOf(set, 'PriorityClass node-critical'), { value: 1_000_000, globalDefault: false })
  t.like(objectOf(set, 'ConfigMap platform/windows'), { data: { 'hello.bat': '@echo off\necho hello\n' } })
})

test('the ServiceMonitors are there because monitoring brings their CRD, and go with it', async (t) => {
  const monitors = (set: SetOf<RenderedRelease>): string[] =>
    namesOf(set).filter((name) => name.includes('ServiceMonitor '))
  t.deepEqual(monitors(await rendered('staging')), [
    'database main ServiceMonitor shop/database',
    'sessions main ServiceMonitor shop/sessions',
    'web main ServiceMonitor shop/web',
  ])
  t.deepEqual(monitors(await rendered('staging', ['monitoring'])), [])
})

test('without certs, the objects of its CRDs are refused, and the problems say what is missing', async (t) => {
  const failed = await t.throwsAsync(rendered('staging', ['certs']))
  t.regex(failed?.message ?? '', /render\/unknown-kind: Issuer self-signed/)
  t.regex(failed?.message ?? '', /render\/unknown-kind: Certificate web/)
})
