import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import type { Certificate } from '../../control-plane/certificates.ts'
import { createComponents } from '../../control-plane/component.ts'
import { call } from '../../registry/call.ts'
import { startContainerd } from '../../registry/containerd.ts'
import { indexType, manifestType, push } from '../../registry/multi-arch.ts'
import { registryProgram } from '../../registry/programs.ts'
import { openWorld } from '../../registry/world.ts'
import { runScout } from './scout.ts'

const registry = await registryProgram('docker-registry')
const containerd = await registryProgram('containerd')
const ctr = await registryProgram('ctr')

const title =
  'containerd pulls a mirrored and a rewritten name through the proxy while upstream is cut off, with the files of scout mirrors'

/**
 * Asks for everything through the proxy until the proxy has it. It fetches a blob for itself a second time, after the first answer has begun, and gives that
 * up where the request ends before (distribution `registry/proxy/proxyblobstore.go`: ServeBlob, storeLocal).
 */
const warm = async (
  repository: string,
  {
    authority,
    manifests,
    blobs,
    store,
  }: { authority: Certificate; manifests: string[]; blobs: string[]; store: string },
): Promise<void> => {
  const get = async (what: string): Promise<void> => {
    const headers = { accept: `${indexType}, ${manifestType}` }
    const { status } = await call(`${repository}/${what}`, authority, { headers })
    if (status !== 200) throw new Error(`${what}: HTTP ${status}`)
  }
  for (const name of manifests) await get(`manifests/${name}`)
  for (const digest of blobs) {
    const hex = digest.replace('sha256:', '')
    const link = path.join(store, `docker/registry/v2/repositories/library/demo/_layers/sha256/${hex}/link`)
    for (let left = 100; !existsSync(link); left--) {
      if (left === 0) throw new Error(`the proxy does not keep ${digest}`)
      await get(`blobs/${digest}`)
      await sleep(50)
    }
  }
}

const skip = (): void =>
  test.skip(`${title} (needs docker-registry and containerd of Debian)`, (t) => t.fail())

const run = (programs: { registry: string; containerd: string; ctr: string }): void =>
  test(title, async (t) => {
    const world = await openWorld(programs.registry)
    t.teardown(world.stop)
    const { dir, authority } = world
    const components = createComponents(await mkdtemp(path.join(tmpdir(), 'scout-containerd-')))
    t.teardown(components.stop)
    const upstream = await world.registry('upstream')
    const { top: index, images } = await push({
      repository: `https://${upstream.host}/v2/library/demo`,
      tag: '1.0',
      authority,
      platforms: { amd64: 'amd64' },
    })
    const { manifest = '', config = '', layer = '' } = images['amd64'] ?? {}
    const proxy = await world.registry('proxy', { proxyOf: upstream.host })
    const front = await world.front(proxy.host, 'example-proxy')
    await warm(`https://${front.host}/v2/example-proxy/library/demo`, {
      authority,
      manifests: ['1.0', manifest],
      blobs: [config, layer],
      store: path.join(dir, 'proxy'),
    })
    await upstream.component.kill()
    const asked = (): string[] => front.asked.splice(0).map(({ line }) => line.replace(/\?.*/, ''))
    asked()

    // The registry of the mirrored name does not exist: whoever asks it gets nothing.
    const site = path.join(dir, 'site')
    await mkdir(path.join(site, 'releases'), { recursive: true })
    await writeFile(
      path.join(site, 'releases/site.yaml'),
      `name: nodes
target: { kubernetes: "1.36", architecture: amd64 }
images: { harbor: "${front.host}", projects: { registry.invalid: example-proxy } }
environments: { test: { cluster: nodes-test } }
`,
    )
    const nodes = path.join(dir, 'nodes')
    const made = await runScout(site, ['--for', 'containerd', '--ca', authority.cert, '--out', nodes])
    t.is(made.exitCode, 0, made.stderr)
    const hosts = path.join(nodes, 'certs.d')
    const node = await startContainerd(components, { dir: path.join(dir, 'node'), ...programs })

    const all = [index, manifest, config, layer]
    const names = {
      mirrored: 'registry.invalid/library/demo:1.0',
      rewritten: `${front.host}/example-proxy/library/demo:1.0`,
      pinned: `registry.invalid/library/demo:1.0@${index}`,
    }
    for (const [what, name] of Object.entries(names)) {
      const fetched = await node.fetch(what, name, hosts)
      t.true(fetched.ok, `${what}: ${fetched.said}`)
      const blobs = asked().filter((line) => line.startsWith('GET /v2/example-proxy/library/demo/blobs/'))
      t.deepEqual(
        [...new Set(blobs.map((line) => line.split('/').at(-1) ?? ''))].sort(),
        [config, layer].sort(),
        `${what}: configuration and layer came from the proxy, not from what was there`,
      )
      t.deepEqual(
        all.filter((digest) => !fetched.said.includes(digest)),
        [],
        `${what}: ${fetched.said}`,
      )
    }

    // What could have helped without us: the image's own registry, and a certificate that nobody looks at.
    const without = await node.fetch('without', names.mirrored, path.join(dir, 'none'))
    t.false(without.ok)
    t.regex(without.said, /registry\.invalid/)
    const distrustful = path.join(dir, 'distrustful')
    await runScout(site, ['--for', 'containerd', '--out', distrustful])
    const refused = await node.fetch('distrustful', names.mirrored, path.join(distrustful, 'certs.d'))
    t.regex(refused.said, /x509|certificate/)
    t.deepEqual(asked(), [])
    const insecure = path.join(dir, 'insecure')
    await runScout(site, ['--for', 'containerd', '--insecure', 'skip-verify', '--out', insecure])
    t.true((await node.fetch('insecure', names.mirrored, path.join(insecure, 'certs.d'))).ok)

    // A name that the project does not have is looked for nowhere else: not in Harbor's other projects, not at its own registry.
    asked()
    const stranger = await node.fetch('stranger', 'registry.invalid/example-proxy/library/demo:1.0', hosts)
    t.false(stranger.ok)
    const lines = asked()
    t.true(lines.length > 0)
    t.deepEqual(
      lines.filter((line) => !line.includes(' /v2/example-proxy/example-proxy/library/demo/')),
      [],
    )
    t.notRegex(stranger.said, /no such host|lookup/)
  })

if (registry === undefined || containerd === undefined || ctr === undefined) skip()
else run({ registry, containerd, ctr })
