import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { bundleFile } from '../apply/bundle-file.ts'
import { bundleOf, deployment } from '../apply/set.ts'
import { freshNamespace, sharedControlPlane } from '../control-plane/shared.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import type { RunningImage, SetImages } from '../../src/core/running-images.ts'
import { ended, root } from '../line/site.ts'

const controlPlane = await sharedControlPlane()
const { request } = controlPlane
const folder = await mkdtemp(join(tmpdir(), 'scout-images-'))
test.after.always(async () => await rm(folder, { recursive: true }))

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const [pinned, moved] = [digest('a'), digest('b')]

const withImage = (object: KubeObject, image: string): KubeObject => {
  const spec = object['spec'] as JsonObject & { template: JsonObject & { spec: JsonObject } }
  const { template } = spec
  const containers = [{ name: 'app', image }]
  return { ...object, spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } } }
}

const podOf = (name: string, image: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...more },
  spec: { containers: [{ name: 'app', image }], initContainers: [{ name: 'before', image }] },
})

const posted = async (path: string, body: JsonObject): Promise<void> => {
  const { status, text } = await request('POST', path, { body })
  if (status !== 201) throw new Error(text)
}

const podsOf = async (namespace: string, app: string): Promise<KubeObject[]> => {
  for (let left = 100; left > 0; left--) {
    const { body } = await request('GET', `/api/v1/namespaces/${namespace}/pods?labelSelector=app=${app}`)
    if (body.items.length > 0) return body.items as KubeObject[]
    await sleep(100)
  }
  throw new Error(`no Pods of ${app} came`)
}

test('scout-apply images tells strangers with what made them, what is not from Harbor, other digests, and what does not run', async (t) => {
  const namespace = await freshNamespace(controlPlane, 'images')
  const shared = await freshNamespace(controlPlane, 'images-shared')
  const set = `${namespace}-test`
  const harbor = 'harbor.example/hub'
  const web = `${harbor}/library/web:1@${pinned}`
  const images = [
    { original: 'api:2', rewritten: `${harbor}/library/api:2` },
    { original: 'later:1', rewritten: `${harbor}/library/later:1` },
    { original: 'web:1', rewritten: web },
  ]
  const elsewhere = { ...withImage(deployment('far'), `${harbor}/library/api:2`) }
  const wanted = bundleOf(set, 1, [
    {
      name: 'shop',
      namespace,
      objects: [
        withImage(deployment('web'), web),
        withImage(deployment('api'), `${harbor}/library/api:2`),
        { ...elsewhere, metadata: { name: 'far', namespace: shared } },
      ],
    },
  ])
  const { bundle, trust } = await bundleFile(folder, {
    ...wanted,
    manifest: { ...wanted.manifest, environment: 'test', images },
  })
  const scout = async (...args: string[]) =>
    await ended(
      'node',
      [join(root, 'src/scout-apply.ts'), ...args, '--trust', trust, '--kubeconfig', controlPlane.kubeconfig],
      { cwd: folder, env: { CI: 'true' } },
    )
  const looked = async (...args: string[]): Promise<SetImages> => {
    const { exitCode, stdout, stderr } = await scout('images', ...args, '--output', 'json')
    t.is(exitCode, 0, stderr)
    return JSON.parse(stdout) as SetImages
  }
  const faultsOf = (all: SetImages): { [image: string]: string[] } =>
    Object.fromEntries(
      all.images.filter(({ faults }) => faults.length > 0).map(({ image, faults }) => [image, faults]),
    )
  const one = (all: SetImages, image: string): RunningImage | undefined =>
    all.images.find((found) => found.image === image)

  t.is((await scout(bundle)).exitCode, 0)
  await podsOf(namespace, 'web')
  await podsOf(shared, 'far')
  const before = await scout('images', bundle, '--exit-code')
  t.is(before.exitCode, 0, before.stdout + before.stderr)
  t.regex(before.stdout, /2 images in 3 Pods: all as declared; 1 declared that no Pod runs\./)
  t.regex(before.stdout, /- harbor\.example\/hub\/library\/later:1/)

  const blind = await scout(
    'images',
    bundle,
    '--exit-code',
    '--as',
    'nobody',
    '--as-group',
    'system:authenticated',
  )
  t.is(blind.exitCode, 4)
  t.regex(blind.stderr, new RegExp(`Not all that runs in ${namespace} can be looked at: pods is forbidden`))
  t.regex(blind.stdout, /as declared, as far as could be looked/)

  // By hand; by an operator, for an object of the set; by somebody else, where the set is only a guest.
  const { body: owner } = await request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/api`)
  const ownerReferences = [
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api', uid: owner.metadata.uid, controller: true },
  ]
  await posted(`/api/v1/namespaces/${namespace}/pods`, podOf('debug', 'busybox:1.36'))
  await posted(
    `/api/v1/namespaces/${namespace}/pods`,
    podOf('sidecar', 'quay.io/op/kes:1', { ownerReferences }),
  )
  await posted(`/api/v1/namespaces/${namespace}/pods`, podOf('past', 'api:2'))
  await posted(`/api/v1/namespaces/${shared}/pods`, podOf('foreign', 'foreign.example/x:1'))
  await posted(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    ...withImage(deployment('intruder'), 'intruder.example/miner:1'),
  })
  await podsOf(namespace, 'intruder')
  for (const pod of await podsOf(namespace, 'web'))
    await request('PATCH', `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/status`, {
      type: 'application/merge-patch+json',
      body: {
        status: {
          containerStatuses: [
            {
              name: 'app',
              image: web,
              imageID: `${harbor}/library/web@${moved}`,
              ready: false,
              restartCount: 0,
              state: {},
              lastState: {},
            },
          ],
        },
      },
    })

  const found = await looked(bundle)
  t.deepEqual(faultsOf(found), {
    'api:2': ['outside'],
    'busybox:1.36': ['stranger', 'outside'],
    'intruder.example/miner:1': ['stranger', 'outside'],
    'quay.io/op/kes:1': ['stranger', 'outside'],
    [web]: ['digest'],
  })
  t.is(found.harbor, 'harbor.example')
  t.deepEqual(found.missing, [images[1]])
  t.deepEqual([one(found, web)?.pinned, one(found, web)?.found], [pinned, [moved]])
  const [miner] = one(found, 'intruder.example/miner:1')?.runs ?? []
  t.deepEqual(
    miner?.owners.map(({ kind }) => kind),
    ['ReplicaSet', 'Deployment'],
  )
  t.false(miner?.ofSet)
  const [kes, kesBefore] = one(found, 'quay.io/op/kes:1')?.runs ?? []
  t.deepEqual([kes?.ofSet, kes?.place, kesBefore?.place], [true, 'init container before', 'container app'])
  t.is(one(found, 'foreign.example/x:1'), undefined)

  // By the bundle that the cluster keeps.
  const { exitCode, stdout } = await scout('images', '--set', set, '--exit-code')
  t.is(exitCode, 3)
  for (const line of [
    `! busybox:1.36: nobody declared it; not from harbor.example`,
    `Pod ${namespace}/debug, container app, made by hand, which is not of the set`,
    `of Deployment ${namespace}/intruder, which is not of the set`,
    `Pod ${namespace}/sidecar, container app, of Deployment ${namespace}/api\n`,
    `! api:2: not from harbor.example, where it is declared`,
    `runs as ${moved}, and pinned is ${pinned}`,
    '3 that nobody declared, 4 not from Harbor, 1 with another digest than the pinned one; 1 declared that no Pod runs.',
  ])
    t.true(stdout.includes(line), `${line}\n\n${stdout}`)

  const none = await scout('images', '--set', 'nobody-test')
  t.is(none.exitCode, 2)
  t.regex(none.stderr, /no inventory of nobody-test/)
  t.is((await scout('images', bundle, '--set', set)).exitCode, 2)
})
