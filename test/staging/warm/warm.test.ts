import { existsSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, rm, symlink, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest from 'ava'
import type { TestFn } from 'ava'
import type { HarborArtifacts } from '../../../src/core/effects/harbor.ts'
import { parseReference } from '../../../src/core/images/reference.ts'
import type { ImageReference } from '../../../src/core/images/reference.ts'
import type { Site } from '../../../src/core/records.ts'
import type { WantedImage } from '../../../src/core/registry/wanted.ts'
import type { Told } from '../../../src/core/stepper.ts'
import { checkCached } from '../../../src/staging/warm/check-cached.ts'
import { warm } from '../../../src/staging/warm/warm.ts'
import { openWarmState } from '../../../src/system/warm-state.ts'
import { push } from '../../registry/multi-arch.ts'
import type { Pushed, ToPush } from '../../registry/multi-arch.ts'
import { registryProgram } from '../../registry/programs.ts'
import { openWorld } from '../../registry/world.ts'
import type { World } from '../../registry/world.ts'

const program = await registryProgram('docker-registry')
const test = (program === undefined ? anyTest.skip : anyTest.serial) as TestFn

/** A registry, a pull-through cache before it, and Harbor's project `hub` before that. */
interface Chain {
  world: World
  upstream: Awaited<ReturnType<World['registry']>>
  cache: string
  front: Awaited<ReturnType<World['front']>>
  site: Site
  pushed(name: string, more?: Partial<ToPush>): Promise<Pushed>
  wanted(...names: string[]): WantedImage[]
  /** What the cache has stored on its disk, in the place of Harbor's own answer. */
  artifacts: HarborArtifacts
  root: string
}

const withChain = async (use: (chain: Chain) => Promise<void>): Promise<void> => {
  const world = await openWorld(program ?? '')
  const root = await mkdtemp(join(tmpdir(), 'scout-warm-'))
  try {
    const upstream = await world.registry('upstream')
    const cache = (await world.registry('cache', { proxyOf: upstream.host })).host
    const front = await world.front(cache, 'hub')
    await use({
      world,
      upstream,
      cache,
      front,
      root,
      site: {
        target: { kubernetes: '1.36', architecture: 'amd64' },
        images: { harbor: front.host, mode: 'harbor', projects: { 'docker.io': 'hub' } },
      } as unknown as Site,
      pushed: (name, more = {}) =>
        push({
          repository: `https://${upstream.host}/v2/${name}`,
          tag: '1.0',
          authority: world.authority,
          layerBytes: 100_000,
          ...more,
        }),
      wanted: (...names) =>
        names.map((name) => ({
          name: `${front.host}/hub/${name}`,
          reference: parseReference(`${front.host}/hub/${name}`) as ImageReference,
          where: [{ in: 'release', release: 'web' }],
        })),
      artifacts: {
        artifact: async ({ repository, digest }) => {
          const revisions = join(
            world.dir,
            'cache/docker/registry/v2/repositories',
            repository,
            '_manifests/revisions',
          )
          const isThere = existsSync(join(revisions, digest.replace(':', '/'), 'link'))
          return { ok: true, value: isThere ? { digest, size: 0, references: [] } : undefined }
        },
      },
    })
  } finally {
    await world.stop()
    await rm(root, { recursive: true, force: true })
  }
}

const warmed = async ({ world, site, root }: Chain, wanted: WantedImage[], told: Told[] = []) => {
  const outcome = await warm(
    { site, wanted },
    { registry: await world.client(), state: openWarmState(root), tell: (one) => told.push(one) },
  )
  if (!outcome.ok) throw new Error('no outcome')
  return outcome.value
}

const blobsAsked = ({ front }: Chain): string[] =>
  front.asked.flatMap(({ line }) => (line.includes('/blobs/') ? [line.split('/blobs/')[1] ?? ''] : [])).sort()

test('what was warmed is pulled from the cache while upstream is cut off, and what was not is missing', async (t) => {
  await withChain(async (chain) => {
    const { world, upstream, front, site, artifacts, pushed, wanted } = chain
    const web = await pushed('team/web')
    const pinned = await pushed('team/pinned')
    await pushed('team/cold')
    const amd64 = web.images['amd64']!
    const digest = pinned.images['amd64']!.manifest
    const images = wanted('team/web:1.0', `team/pinned:1.0@${digest}`)
    const told: Told[] = []
    t.like(await warmed(chain, images, told), { images: 2, blobs: 4, resumed: 0, failed: [] })
    const notes = told.flatMap((one) => (one.tell === 'subject' && one.note !== undefined ? [one.note] : []))
    t.regex(notes.at(-1) ?? '', /^97\.\d KiB of 97\.\d KiB$/)

    const check = async (all: WantedImage[]) => {
      const outcome = await checkCached(
        { site, wanted: all },
        { registry: await world.client(), harbor: artifacts, tell: () => {} },
      )
      return outcome.ok ? outcome.value : undefined
    }
    const all = [...images, ...wanted('team/gone:1.0')]
    t.deepEqual(
      (await check(all))?.images.map(({ state }) => state),
      ['cached', 'cached', 'missing'],
    )

    await upstream.component.kill()
    const registry = await world.client()
    const at = (repository: string, reference: string) => ({ host: front.host, repository, reference })
    t.like(await registry.manifest(at('hub/team/web', '1.0')), { value: { digest: web.top } })
    t.true((await registry.manifest(at('hub/team/web', amd64.manifest))).ok)
    t.like(await registry.pull(at('hub/team/web', amd64.layer), 100_000, () => {}), {
      value: { bytes: 100_000 },
    })
    t.true((await registry.pull(at('hub/team/pinned', pinned.images['amd64']!.layer), 100_000, () => {})).ok)
    t.false((await registry.manifest(at('hub/team/cold', '1.0'))).ok)
    t.false(
      (await registry.manifest(at('hub/team/web', web.images['arm64']!.manifest))).ok,
      'nobody wanted it',
    )
    t.deepEqual(
      (await check(images))?.images.map(({ state }) => state),
      ['cached', 'cached'],
    )
  })
})

test('a warming that broke off goes on where it was, and one that is done begins anew', async (t) => {
  await withChain(async (chain) => {
    const { front, root, pushed, wanted } = chain
    const one = (await pushed('team/one')).images['amd64']!
    const two = (await pushed('team/two')).images['amd64']!
    const images = wanted('team/one:1.0', 'team/two:1.0')
    // The disk behind the cache is full.
    front.fault = ({ url = '' }) =>
      url.includes(two.layer)
        ? { status: 500, body: '{"errors":[{"code":"UNKNOWN","message":"no space left on device"}]}' }
        : undefined
    const broken = await warmed(chain, images)
    t.like(broken, { images: 1, blobs: 3 })
    t.like(broken.failed, [{ code: 'registry/busy', fault: 'world' }])
    t.is(
      broken.failed[0]?.what,
      `https://${front.host} could not give ${front.host}/hub/team/two:1.0 after several attempts: it answers 500, "no space left on device" (UNKNOWN).`,
    )
    // What a run that is killed leaves of a line.
    await appendFile(join(root, '.cache/warm'), `${front.host}/hub/team/two@sha256:12`)

    front.fault = () => undefined
    front.asked.length = 0
    const resumed = await warmed(chain, images)
    t.like(resumed, { images: 2, blobs: 1, bytes: 100_000, failed: [] })
    t.true(resumed.resumed > 100_000)
    t.deepEqual(blobsAsked(chain), [two.layer])
    t.false(existsSync(join(root, '.cache/warm')), 'nothing is left to be resumed')

    front.asked.length = 0
    t.like(await warmed(chain, images), { blobs: 4, resumed: 0 })
    t.deepEqual(blobsAsked(chain), [one.config, one.layer, two.config, two.layer].sort())
  })
})

test('what was done long ago is done again: a cache forgets', async (t) => {
  await withChain(async ({ root }) => {
    const state = openWarmState(root)
    const blob = `h.example/hub/web@sha256:${'a'.repeat(64)}`
    await state.note(blob)
    t.deepEqual([...(await state.done())], [blob])
    const yesterday = Date.now() / 1000 - 25 * 60 * 60
    await utimes(join(root, '.cache/warm'), yesterday, yesterday)
    t.deepEqual([...(await state.done())], [])
  })
})

test('a state that cannot be written (the disk is full) stops nothing', async (t) => {
  await withChain(async ({ root }) => {
    await mkdir(join(root, '.cache'))
    await symlink('/dev/full', join(root, '.cache/warm'))
    await t.notThrowsAsync(openWarmState(root).note(`h.example/hub/web@sha256:${'a'.repeat(64)}`))
  })
})

test('nodes of two architectures get both images, and blobs that images share are read once', async (t) => {
  await withChain(async (chain) => {
    const { site, pushed, wanted } = chain
    const web = await pushed('team/web')
    const both = { ...site, target: { ...site.target, otherArchitectures: ['arm64'] } }
    const images = [...wanted('team/web:1.0'), ...wanted(`team/web@${web.images['amd64']!.manifest}`)]
    t.like(await warmed({ ...chain, site: both }, images), { images: 2, blobs: 4 })
    t.is(blobsAsked(chain).length, 4)
  })
})

test('a broken blob, an image of another platform and an index of nothing are each told, and the others warmed', async (t) => {
  await withChain(async (chain) => {
    const { front, pushed, wanted } = chain
    const bad = (await pushed('team/bad')).images['amd64']!
    await pushed('team/fine')
    await pushed('team/arm', { platforms: { arm64: 'arm64' } })
    front.fault = ({ url = '' }) => (url.includes(bad.layer) ? { tamper: true } : undefined)
    const { images, failed } = await warmed(chain, wanted('team/arm:1.0', 'team/bad:1.0', 'team/fine:1.0'))
    t.is(images, 1)
    t.deepEqual(failed.map(({ code }) => code).sort(), ['registry/damaged', 'warm/unfit-image'])
    t.true(failed.every(({ what }) => what.includes(`https://${front.host}`)))
  })
})

test('Harbor that is not asked is not taken for one that has nothing', async (t) => {
  await withChain(async (chain) => {
    const { world, site, pushed, wanted } = chain
    await pushed('team/web')
    const refusal = {
      asked: 'GET /api/v2.0/projects',
      server: `https://${site.images.harbor}`,
      status: 401,
      code: 'UNAUTHORIZED',
      message: 'unauthorized',
    }
    const outcome = await checkCached(
      { site, wanted: wanted('team/web:1.0') },
      {
        registry: await world.client(),
        harbor: { artifact: async () => ({ ok: false, refusal }) },
        tell: () => {},
      },
    )
    t.like(outcome, {
      value: { images: [{ state: 'unknown' }], failed: [{ code: 'warm/harbor-not-asked', fault: 'world' }] },
    })
    const reachable = await checkCached(
      { site, wanted: wanted('team/web:1.0') },
      {
        registry: await world.client(),
        harbor: { artifact: async () => ({ ok: true, value: undefined }) },
        tell: () => {},
      },
    )
    t.like(reachable, { value: { images: [{ state: 'reachable' }], failed: [] } })
  })
})

test('of an image that is pinned nothing is pulled to know whether it is cached', async (t) => {
  await withChain(async (chain) => {
    const { world, site, front, artifacts, upstream, pushed, wanted } = chain
    const digest = (await pushed('team/web')).images['amd64']!.manifest
    const cold = (await pushed('team/cold')).images['amd64']!.manifest
    const check = async (harbor: HarborArtifacts, images = wanted(`team/web:1.0@${digest}`)) => {
      front.asked.length = 0
      const outcome = await checkCached(
        { site, wanted: images },
        { registry: await world.client(), harbor, tell: () => {} },
      )
      return outcome.ok ? outcome.value : undefined
    }
    const asked = () => front.asked.map(({ line }) => line)
    t.like(await check(artifacts), { images: [{ state: 'reachable', lacking: [digest] }], failed: [] })
    t.deepEqual(asked(), [`HEAD /v2/hub/team/web/manifests/${digest}`])
    await upstream.component.kill()
    const missing = await check(artifacts, wanted(`team/cold:1.0@${cold}`))
    t.like(missing, { images: [{ state: 'missing', lacking: [cold] }] })
    t.is(missing?.failed.length, 1)
    t.like(
      await check({ artifact: async () => ({ ok: true, value: { digest, size: 1, references: [] } }) }),
      { images: [{ state: 'cached', lacking: [] }], failed: [] },
    )
    t.deepEqual(asked(), [])
  })
})
