import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { execa } from 'execa'
import { createAuthority, createServerCertificate } from '../control-plane/certificates.ts'
import { administrator, startHarbor } from './server.ts'
import type { HarborServer } from './server.ts'

const program = join(import.meta.dirname, '../../src/scout.ts')

const run = (folder: string, args: string[], env: { [name: string]: string }) =>
  execa(process.execPath, [program, 'harbor', ...args, '--site', folder], {
    reject: false,
    stripFinalNewline: false,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      CI: 'true',
      SCOUT_HARBOR_CREDENTIALS: join(folder, 'login.json'),
      ...env,
    },
  })

/** A site, a Harbor for it behind TLS with an authority of its own, and the program. */
export interface Setup {
  folder: string
  harbor: HarborServer
  /** The path of a file in the setup's folder. */
  path: (name: string) => string
  declare: (section: string, name?: string) => Promise<void>
  start: (args: string[], env?: { [name: string]: string }) => ReturnType<typeof run>
  scout: (...args: string[]) => Promise<{ exitCode: number | undefined; stdout: string; stderr: string }>
}

const proxies = `
  projects:
    docker.io: dockerhub-proxy
    quay.io: quay-proxy
`

/** All that the site file can say of Harbor. */
export const everything = `
  projects:
    docker.io: dockerhub-proxy
    registry.corp.example:5000: corp-proxy
harbor:
  keep: 30 days
  registries:
    registry.corp.example:5000: { public: false, keep: always, storage: 50Gi, insecure: true }
  hosted:
    bundles: { storage: 20Gi, keep: 90 days }
  robots:
    nodes: { pull: [dockerhub-proxy, corp-proxy] }
    shipper: { push: [bundles] }
`

/** Writes a site whose images section goes on with `section`, and starts a Harbor; both go away with the test. */
export const setUp = async (t: ExecutionContext, section = proxies): Promise<Setup> => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-harbor-'))
  const path = (name: string): string => join(folder, name)
  const authority = await createAuthority(folder, 'authority')
  const harbor = await startHarbor(await createServerCertificate(folder, 'harbor', authority))
  t.teardown(async () => {
    await harbor.close()
    await rm(folder, { recursive: true, force: true })
  })
  const { user, password } = administrator
  const auth = Buffer.from(`${user}:${password}`).toString('base64')
  await writeFile(path('login.json'), JSON.stringify({ auths: { [harbor.host]: { auth } } }))
  const declare = async (text: string, name = 'sample'): Promise<void> => {
    await mkdir(path('releases'), { recursive: true })
    await writeFile(
      path('releases/site.yaml'),
      `name: ${name}
target: { kubernetes: "1.36", architecture: amd64 }
environments: { staging: { cluster: sample-staging } }
images:
  harbor: ${harbor.host}${text}`,
    )
  }
  await declare(section)
  const start: Setup['start'] = (args, env = {}) => run(folder, args, env)
  return {
    folder,
    harbor,
    path,
    declare,
    start,
    scout: async (...args) => {
      const { exitCode, stdout, stderr } = await start([...args, '--ca', authority.cert])
      return { exitCode, stdout, stderr }
    },
  }
}
