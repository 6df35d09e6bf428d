import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import anyTest from 'ava'
import type { ExecutionContext, TestFn } from 'ava'
import { execa } from 'execa'
import { push } from '../registry/multi-arch.ts'
import { registryProgram } from '../registry/programs.ts'
import { loginFor, openWorld } from '../registry/world.ts'
import type { World } from '../registry/world.ts'
import { siteOf } from '../staging/resolve/small-site.ts'
import { ended, root } from './site.ts'
import type { Ended } from './site.ts'

const program = await registryProgram('docker-registry')
const test = (program === undefined ? anyTest.skip : anyTest) as TestFn

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: "team/web:1.0" }]
`

const siteFile = (harbor: string): string =>
  `name: site
target: { kubernetes: "1.36", architecture: amd64 }
images: { harbor: "${harbor}", pin: true, projects: { docker.io: hub } }
environments: { test: { cluster: c } }
`

const inSite = async (t: ExecutionContext, world: World, harbor: string) => {
  const folder = await siteOf(t, {
    'releases/site.yaml': siteFile(harbor),
    'releases/lock.yaml': '# what must not change without a commit\nhelm: 4.1.4\n',
    'releases/web/release.yaml': 'namespace: shop\nmanifests: [web.yaml]\n',
    'releases/web/web.yaml': deployment,
  })
  const login = join(world.dir, 'login.json')
  await writeFile(
    login,
    JSON.stringify({ auths: { [harbor]: loginFor('robot$site', 'a secret of the robot') } }),
  )
  const command = (...args: string[]): string[] => [process.execPath, join(root, 'src/scout.ts'), ...args]
  const scout = (...args: string[]): Promise<Ended> =>
    ended(process.execPath, command(...args).slice(1), {
      cwd: folder,
      env: { CI: 'true', HTTPS_PROXY: '', https_proxy: '', REGISTRY_AUTH_FILE: login },
    })
  const images = (...args: string[]): Promise<Ended> => scout('images', ...args, '--ca', world.authority.cert)
  return { folder, scout, images, command }
}

test('images are locked, pinned, found to have moved, taken up anew, warmed, and proven to be cached', async (t) => {
  const world = await openWorld(program ?? '')
  try {
    const upstream = await world.registry('upstream')
    const repository = `https://${upstream.host}/v2/team/web`
    const pushed = await push({ repository, tag: '1.0', authority: world.authority })
    const cache = await world.registry('cache', { proxyOf: upstream.host })
    const harbor = await world.front(cache.host, 'hub')
    const { folder, scout, images } = await inSite(t, world, harbor.host)
    // Harbor's own API: what the cache has stored on its disk.
    const stored = join(
      world.dir,
      'cache/docker/registry/v2/repositories/team/web/_manifests/revisions/sha256',
    )
    harbor.fault = ({ url = '' }) => {
      if (!url.startsWith('/api/')) return undefined
      const [, digest = ''] = /\/repositories\/team%252Fweb\/artifacts\/(.*)$/.exec(url) ?? []
      const isThere = existsSync(join(stored, digest.replace('sha256:', ''), 'link'))
      const headers = { 'content-type': 'application/json' }
      return isThere
        ? { status: 200, headers, body: JSON.stringify({ digest, size: 1 }) }
        : { status: 404, headers, body: '{"errors":[{"code":"NOT_FOUND","message":"artifact not found"}]}' }
    }
    const deployed = (): Promise<string> =>
      readFile(join(folder, 'rendered/test/web/main/shop/Deployment.apps_web.yaml'), 'utf8')
    const imageAt = (digest: string): string => `${harbor.host}/hub/team/web:1.0@${digest}`

    const unlocked = await scout('render')
    t.is(unlocked.exitCode, 1)
    t.regex(unlocked.stderr, /docker\.io\/team\/web:1\.0 has no digest in releases\/lock\.yaml/)
    t.regex(unlocked.stderr, /Run `scout images lock`/)

    const locked = await images('lock')
    t.is(locked.exitCode, 0, locked.stderr)
    t.regex(locked.stdout, /^\+ docker\.io\/team\/web:1\.0\nreleases\/lock\.yaml: 1 image added/)
    t.is(
      await readFile(join(folder, 'releases/lock.yaml'), 'utf8'),
      `# what must not change without a commit\nhelm: 4.1.4\nimages:\n  docker.io/team/web:1.0:\n    index: ${pushed.top}\n    amd64: ${pushed.images['amd64']!.manifest}\n`,
    )
    t.is((await scout('render')).exitCode, 0)
    t.true((await deployed()).includes(imageAt(pushed.images['amd64']!.manifest)))
    t.is((await images('lock', '--check')).exitCode, 0)

    const anew = await push({ repository, tag: '1.0', authority: world.authority, seed: 'anew' })
    const moved = await images('lock', '--check')
    t.is(moved.exitCode, 3)
    t.regex(moved.stdout, /docker\.io\/team\/web:1\.0 has moved/)
    t.true(moved.stdout.includes(pushed.top) && moved.stdout.includes(anew.top))
    t.regex((await images('lock')).stdout, /0 images added, 0 changed, 0 dropped, 1 as they were/)
    const updated = await images('lock', '--update', 'docker.io/team/web:1.0')
    t.regex(updated.stdout, /0 images added, 1 changed/)
    t.is((await scout('render')).exitCode, 0)
    t.true((await deployed()).includes(imageAt(anew.images['amd64']!.manifest)))

    const cold = await images('check', '--output', 'json')
    t.like(JSON.parse(cold.stdout), { images: [{ name: imageAt(anew.images['amd64']!.manifest) }] })
    const warm = await images('warm')
    t.is(warm.exitCode, 0, warm.stderr)
    t.regex(warm.stdout, /^1 of 1 image warm: 2\.\d KiB read in 2 blobs/)
    await upstream.component.kill()
    const checked = await images('check')
    t.is(checked.exitCode, 0, checked.stderr)
    t.regex(checked.stdout, /1 image: 1 cached/)
    t.is((await images('warm')).exitCode, 0, 'warmed again, from the cache alone')

    const api = harbor.asked.filter(({ line }) => line.includes('/api/'))
    t.true(
      api.length > 0 && api.every(({ line }) => line.includes('/projects/hub/repositories/team%252Fweb/')),
    )
    const said = [unlocked, locked, moved, updated, cold, warm, checked]
    t.false(said.some(({ stdout, stderr }) => (stdout + stderr).includes('a secret of the robot')))
  } finally {
    await world.stop()
  }
})

test('a warming that is killed goes on where it was', async (t) => {
  const world = await openWorld(program ?? '')
  try {
    const upstream = await world.registry('upstream')
    const repository = `https://${upstream.host}/v2/team/web`
    const { config, layer } = (await push({ repository, tag: '1.0', authority: world.authority })).images[
      'amd64'
    ]!
    const harbor = await world.front(upstream.host, 'hub')
    const { folder, images, command } = await inSite(t, world, harbor.host)
    t.is((await images('lock')).exitCode, 0)

    const isOfLayer = ({ url = '' }: IncomingMessage): boolean => url.endsWith(`/blobs/${layer}`)
    const isNoted = async (): Promise<boolean> =>
      (await readFile(join(folder, '.cache/warm'), 'utf8').catch(() => '')).endsWith(`@${config}\n`)
    harbor.fault = (request) => (isOfLayer(request) ? 'silence' : undefined)
    const [node = '', ...args] = command('images', 'warm', '--ca', world.authority.cert)
    const killed = execa(node, args, { cwd: folder, env: { CI: 'true' }, reject: false, stdin: 'ignore' })
    while (!(harbor.asked.some(({ line }) => line.endsWith(layer)) && (await isNoted()))) await sleep(20)
    killed.kill('SIGKILL')
    t.is((await killed).signal, 'SIGKILL')

    harbor.fault = () => undefined
    harbor.asked.length = 0
    const resumed = await images('warm')
    t.is(resumed.exitCode, 0, resumed.stderr)
    t.regex(resumed.stdout, /1 of 1 image warm: 2\.0 KiB read in 1 blob, \d+ B by a run before/)
    t.deepEqual(
      harbor.asked.filter(({ line }) => line.includes('/blobs/')).map(({ line }) => line),
      [`GET /v2/hub/team/web/blobs/${layer}`],
    )
  } finally {
    await world.stop()
  }
})

test('without trust, without a login and without a registry, images say what to do, and nothing is written', async (t) => {
  const world = await openWorld(program ?? '')
  try {
    const harbor = await world.front()
    const { folder, scout, images } = await inSite(t, world, harbor.host)
    const before = await readFile(join(folder, 'releases/lock.yaml'), 'utf8')
    const untrusted = await scout('images', 'lock')
    t.is(untrusted.exitCode, 4)
    t.regex(untrusted.stderr, /certificate of https:\/\/127.* is not trusted/)
    t.regex(untrusted.stderr, /--ca FILE/)

    harbor.fault = () => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="harbor"' } })
    const denied = await images('lock')
    t.is(denied.exitCode, 4)
    t.regex(denied.stderr, /does not give docker\.io\/team\/web:1\.0 to us/)
    t.false((denied.stdout + denied.stderr).includes('a secret of the robot'))

    await harbor.stop()
    const down = await images('lock')
    t.is(down.exitCode, 4)
    t.regex(down.stderr, /does not answer: connect ECONNREFUSED/)
    t.is(await readFile(join(folder, 'releases/lock.yaml'), 'utf8'), before)

    t.is((await images('lock', '--check', '--update', 'all')).exitCode, 2)
    t.is((await scout('images', 'lock', '--ca', 'nowhere.pem')).exitCode, 2)
    const badFile = join(folder, 'bad.json')
    await writeFile(badFile, 'a secret that is no JSON')
    const bad = await images('lock', '--credentials', badFile)
    t.is(bad.exitCode, 4)
    t.regex(bad.stderr, /does not hold logins of registries/)
    t.false(bad.stderr.includes('a secret that'))
  } finally {
    await world.stop()
  }
})
