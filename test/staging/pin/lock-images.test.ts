import { createHash } from 'node:crypto'
import anyTest from 'ava'
import type { TestFn } from 'ava'
import type { Registry } from '../../../src/core/effects/registry.ts'
import { parseReference } from '../../../src/core/images/reference.ts'
import type { ImageReference } from '../../../src/core/images/reference.ts'
import type { Lock, Site } from '../../../src/core/records.ts'
import type { WantedImage } from '../../../src/core/registry/wanted.ts'
import { checkLock } from '../../../src/staging/pin/check-lock.ts'
import { lockImages } from '../../../src/staging/pin/lock-images.ts'
import { indexType, manifestType, push } from '../../registry/multi-arch.ts'
import type { Pushed, ToPush } from '../../registry/multi-arch.ts'
import { registryProgram } from '../../registry/programs.ts'
import { openWorld } from '../../registry/world.ts'
import type { World } from '../../registry/world.ts'

const program = await registryProgram('docker-registry')
const test = (program === undefined ? anyTest.skip : anyTest) as TestFn
const hooks = anyTest as TestFn

let world: World
let host = ''
let registry: Registry

hooks.before(async () => {
  if (program === undefined) return
  world = await openWorld(program)
  host = (await world.registry('upstream')).host
  registry = await world.client()
})
hooks.after.always(() => world?.stop())

const pushed = (name: string, more: Partial<ToPush> = {}): Promise<Pushed> =>
  push({ repository: `https://${host}/v2/hub/${name}`, tag: '1.0', authority: world.authority, ...more })

/** Harbor's part is played by the registry itself: its repositories begin with the project. */
const siteOf = (otherArchitectures?: string[], harbor = host): Site =>
  ({
    file: 'releases/site.yaml',
    target: { kubernetes: '1.36', architecture: 'amd64', ...(otherArchitectures && { otherArchitectures }) },
    images: { harbor, mode: 'harbor', projects: { 'docker.io': 'hub' } },
  }) as unknown as Site

const wantedOf = (...names: string[]): WantedImage[] =>
  names.map((name) => ({
    name: `docker.io/${name}`,
    reference: parseReference(`docker.io/${name}`) as ImageReference,
    where: [{ in: 'release', release: 'web' }],
  }))

const lockOf = (images: Lock['images'] = {}): Lock => ({
  file: 'releases/lock.yaml',
  helm: '4.1.4',
  charts: {},
  images,
})

const locked = async (
  wanted: WantedImage[],
  { lock = lockOf(), site = siteOf(), update = [] as string[], by = registry } = {},
) => {
  const outcome = await lockImages(
    { site, lock, wanted, update, source: 'harbor' },
    { registry: by, tell: () => {} },
  )
  if (!outcome.ok) throw new Error(outcome.problems.map(({ what }) => what).join())
  return outcome.value
}

const checked = async (wanted: WantedImage[], lock: Lock, { site = siteOf(), by = registry } = {}) => {
  const outcome = await checkLock({ site, lock, wanted, source: 'harbor' }, { registry: by, tell: () => {} })
  if (!outcome.ok) throw new Error('no outcome')
  return outcome.value
}

test('a tag is locked to the image for the architecture, with its index beside it', async (t) => {
  const { top, images } = await pushed('team/one')
  const { images: found, added } = await locked(wantedOf('team/one:1.0'))
  t.deepEqual(found, { 'docker.io/team/one:1.0': { index: top, amd64: images['amd64']!.manifest } })
  t.deepEqual(added, ['docker.io/team/one:1.0'])
})

test('for nodes of two architectures both images are locked', async (t) => {
  const { top, images } = await pushed('team/both')
  const { images: found } = await locked(wantedOf('team/both:1.0'), { site: siteOf(['arm64']) })
  t.deepEqual(found['docker.io/team/both:1.0'], {
    index: top,
    amd64: images['amd64']!.manifest,
    arm64: images['arm64']!.manifest,
  })
  // A lock from before the second architecture came is filled up, since it lacks what is wanted.
  const before = lockOf({ 'docker.io/team/both:1.0': { index: top, amd64: images['amd64']!.manifest } })
  const { changed } = await locked(wantedOf('team/both:1.0'), { site: siteOf(['arm64']), lock: before })
  t.is(changed[0]?.after.arm64, images['arm64']!.manifest)
})

test('a tag without an index is locked to its image', async (t) => {
  const { top } = await pushed('team/single', { platforms: { amd64: 'amd64' }, withoutIndex: true })
  const { images } = await locked(wantedOf('team/single:1.0'))
  t.deepEqual(images, { 'docker.io/team/single:1.0': { amd64: top } })
})

test('what is locked is never asked again but on purpose, and a moved tag is found by the check', async (t) => {
  const name = 'docker.io/team/moving:1.0'
  const wanted = wantedOf('team/moving:1.0')
  const first = await pushed('team/moving')
  const lock = lockOf((await locked(wanted)).images)
  t.like(await checked(wanted, lock), { moved: [], same: 1, failed: [] })

  const second = await pushed('team/moving', { seed: 'anew' })
  const front = await world.front(host)
  const by = await world.client()
  const again = await locked(wanted, { lock, by, site: siteOf(undefined, front.host) })
  t.deepEqual(again.images, lock.images)
  t.deepEqual(front.asked, [], 'nothing is asked of what is locked')
  t.like(await checked(wanted, lock), { moved: [{ name, locked: first.top, now: second.top }], same: 0 })

  const updated = await locked(wanted, { lock, update: [name] })
  t.is(updated.changed[0]?.before.index, first.top)
  t.is(updated.changed[0]?.after.amd64, second.images['amd64']!.manifest)
  t.is((await locked(wanted, { lock, update: ['all'] })).changed.length, 1)
})

test('an architecture that is added later is read in the index that is locked, wherever the tag has gone', async (t) => {
  const name = 'docker.io/team/later:1.0'
  const first = await pushed('team/later')
  const lock = lockOf((await locked(wantedOf('team/later:1.0'))).images)
  t.is(lock.images[name]?.index, first.top)
  await pushed('team/later', { seed: 'anew' })
  const { images } = await locked(wantedOf('team/later:1.0'), { lock, site: siteOf(['arm64']) })
  t.deepEqual(images[name], { ...lock.images[name], arm64: first.images['arm64']!.manifest })
})

test('a lock whose image is not the one of its own index is found by the check', async (t) => {
  const name = 'docker.io/team/swapped:1.0'
  const { top, images } = await pushed('team/swapped')
  const now = images['amd64']!.manifest
  const swapped = images['arm64']!.manifest
  t.like(await checked(wantedOf('team/swapped:1.0'), lockOf({ [name]: { index: top, amd64: swapped } })), {
    moved: [{ name, locked: swapped, now }],
    same: 0,
  })
})

test('an image whose digest the lock cannot hold is told, and not locked', async (t) => {
  const body = JSON.stringify({
    schemaVersion: 2,
    config: { mediaType: 'x', digest: `sha256:${'0'.repeat(64)}`, size: 2 },
    layers: [],
  })
  const digest = `sha512:${createHash('sha512').update(body).digest('hex')}`
  const platform = { os: 'linux', architecture: 'amd64' }
  const front = await world.front()
  front.fault = ({ url = '' }) =>
    url.includes('sha512')
      ? { status: 200, headers: { 'content-type': manifestType }, body }
      : {
          status: 200,
          headers: { 'content-type': indexType },
          body: JSON.stringify({
            schemaVersion: 2,
            manifests: [{ mediaType: manifestType, digest, size: body.length, platform }],
          }),
        }
  const { images, failed } = await locked(wantedOf('team/other:1.0'), {
    site: siteOf(undefined, front.host),
    by: await world.client(),
  })
  t.deepEqual(images, {})
  t.deepEqual(
    failed.map(({ code }) => code),
    ['pin/bad-manifest'],
  )
})

test('an index that a proxy has trimmed has not moved, as long as it has the same image', async (t) => {
  const name = 'docker.io/team/trimmed:1.0'
  const whole = await pushed('team/trimmed')
  const lock = lockOf({ [name]: { index: whole.top, amd64: whole.images['amd64']!.manifest } })
  const trimmed = await pushed('team/trimmed', { platforms: { amd64: 'amd64' } })
  t.not(trimmed.top, whole.top)
  t.like(await checked(wantedOf('team/trimmed:1.0'), lock), { moved: [], same: 1 })
})

test('what is not locked and what nothing uses is told by the check, and the lock drops the latter', async (t) => {
  await pushed('team/new')
  const digest = `sha256:${'0'.repeat(64)}`
  const lock = lockOf({ 'docker.io/team/old:1.0': { amd64: digest } })
  const wanted = wantedOf('team/new:1.0')
  t.like(await checked(wanted, lock), {
    unlocked: ['docker.io/team/new:1.0'],
    unused: ['docker.io/team/old:1.0'],
    same: 0,
  })
  const { dropped, images } = await locked(wanted, { lock })
  t.deepEqual(dropped, ['docker.io/team/old:1.0'])
  t.deepEqual(Object.keys(images), ['docker.io/team/new:1.0'])
})

test('one image that fails does not stop the others, and each fault is told as what it is', async (t) => {
  await pushed('team/fine')
  await pushed('team/arm', { platforms: { arm64: 'arm64' } })
  await pushed('team/liar', { platforms: { amd64: 'arm64' } })
  const old = { amd64: `sha256:${'1'.repeat(64)}` }
  const { images, failed, unresolved } = await locked(
    wantedOf('team/arm:1.0', 'team/fine:1.0', 'team/gone:1.0', 'team/liar:1.0'),
    { lock: lockOf({ 'docker.io/team/gone:1.0': old }), update: ['all'] },
  )
  t.deepEqual(Object.keys(images), ['docker.io/team/fine:1.0', 'docker.io/team/gone:1.0'])
  t.deepEqual(images['docker.io/team/gone:1.0'], old, 'what was locked stays locked')
  const misfit = (name: string) => `${name} at https://${host} is not for linux/amd64: it is for linux/arm64.`
  t.deepEqual(
    failed.map(({ code }) => code),
    ['registry/gone', 'pin/no-platform', 'pin/no-platform'],
  )
  t.true(failed[0]?.what.startsWith(`docker.io/team/gone:1.0 is not at https://${host}: it answers 404`))
  t.deepEqual(unresolved, ['docker.io/team/arm:1.0', 'docker.io/team/gone:1.0', 'docker.io/team/liar:1.0'])
  t.deepEqual(
    failed.slice(1).map(({ what }) => what),
    [misfit('docker.io/team/arm:1.0'), misfit('docker.io/team/liar:1.0')],
  )
  t.true(failed.every(({ where }) => where[0]?.in === 'release'))
})

test('a registry that is down is one problem for all of its images', async (t) => {
  const site = siteOf(undefined, '127.0.0.1:1')
  const { failed, images } = await locked(wantedOf('team/a:1', 'team/b:1', 'team/c:1'), { site })
  t.deepEqual(images, {})
  t.is(failed.length, 1)
  t.like(failed[0], { code: 'registry/unreachable', fault: 'world' })
  t.regex(failed[0]?.what ?? '', /https:\/\/127\.0\.0\.1:1 .*3 images, such as docker\.io\/team\/a:1/)
})

test('an image to update that nothing uses is wrong usage, with what was meant', async (t) => {
  const outcome = await lockImages(
    {
      site: siteOf(),
      lock: lockOf(),
      wanted: wantedOf('team/web:1.0'),
      update: ['docker.io/team/wep:1.0'],
      source: 'harbor',
    },
    { registry, tell: () => {} },
  )
  t.like(outcome, { ok: false, problems: [{ code: 'pin/unknown-image', fault: 'usage' }] })
  t.regex(outcome.ok ? '' : outcome.problems[0].fix, /docker\.io\/team\/web:1\.0/)
})
