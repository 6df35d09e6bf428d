import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Registry } from '../../src/core/effects/registry.ts'
import { openRegistry } from '../../src/system/registry.ts'
import type { RegistryPatience } from '../../src/system/registry.ts'
import { readCredentials } from '../../src/system/registry-credentials.ts'
import { trustedCertificates } from '../../src/system/registry-trust.ts'
import { createAuthority, createServerCertificate } from '../control-plane/certificates.ts'
import type { Certificate } from '../control-plane/certificates.ts'
import { createComponents } from '../control-plane/component.ts'
import { startFront } from './chaos.ts'
import type { Front } from './chaos.ts'
import { startRegistry } from './start.ts'
import type { Registry as RunningRegistry } from './start.ts'

/** Impatient enough for a test, and patient enough to try again. */
const patience: RegistryPatience = { first: 3, later: 5, pause: 5, longest: 3000, silence: 10_000 }

/** A private CA, and registries and clients that believe it; all of it is gone after `stop`. */
export interface World {
  dir: string
  authority: Certificate
  certificate: Certificate
  registry(name: string, more?: { proxyOf?: string; settings?: object }): Promise<RunningRegistry>
  front(behind?: string, project?: string): Promise<Front>
  /** A client as scout opens it: `auths` is of docker's config.json. */
  client(more?: {
    auths?: { [host: string]: object }
    config?: object
    environment?: { [name: string]: string }
    withoutCa?: boolean
    told?: string[]
    patience?: Partial<RegistryPatience>
  }): Promise<Registry>
  stop(): Promise<void>
}

export const openWorld = async (program: string): Promise<World> => {
  const dir = await mkdtemp(join(tmpdir(), 'scout-registry-'))
  const components = createComponents(dir)
  const authority = await createAuthority(dir, 'ca')
  const certificate = await createServerCertificate(dir, 'server', authority)
  const closing: (() => unknown)[] = []
  let clients = 0
  return {
    dir,
    authority,
    certificate,
    registry: (name, more = {}) =>
      startRegistry(components, { program, dir, name, certificate, authority, ...more }),
    front: async (behind, project) => {
      const front = await startFront({
        certificate,
        authority,
        ...(behind !== undefined && { behind }),
        ...(project !== undefined && { project }),
      })
      closing.push(front.stop)
      return front
    },
    client: async ({
      auths = {},
      config,
      environment = {},
      withoutCa = false,
      told = [],
      patience: own,
    } = {}) => {
      const file = join(dir, `config-${(clients += 1)}.json`)
      await writeFile(file, JSON.stringify(config ?? { auths }))
      const credentials = await readCredentials({ REGISTRY_AUTH_FILE: file })
      const ca = await trustedCertificates(withoutCa ? undefined : authority.cert, {})
      if (!credentials.ok || !ca.ok) throw new Error('the client cannot be opened')
      const registry = openRegistry({
        ca: ca.value,
        credentials: credentials.value,
        environment,
        tell: (words) => told.push(words),
        patience: { ...patience, ...own },
      })
      closing.push(() => registry.close())
      return registry
    },
    stop: async () => {
      for (const close of closing) await close()
      await components.stop()
    },
  }
}

/** The login of docker's config.json. */
export const loginFor = (user: string, password: string): { auth: string } => ({
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
})
