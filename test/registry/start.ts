import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Component, Components } from '../control-plane/component.ts'
import { freePorts } from '../control-plane/component.ts'
import type { Certificate } from '../control-plane/certificates.ts'
import { call } from './call.ts'

export interface Registry {
  /** `127.0.0.1:PORT` */
  host: string
  component: Component
}

/** How a registry is to be started: `dir` holds its files, and `name` its own among them. */
interface ToStart {
  program: string
  dir: string
  name: string
  certificate: Certificate
  authority: Certificate
  /** The host of the registry that it is a pull-through proxy of. */
  proxyOf?: string
  /** What more its configuration says, such as `auth`. */
  settings?: object
}

/** Starts Debian's docker-registry (distribution/distribution) on loopback with TLS, and waits until it answers. */
export const startRegistry = async (
  components: Components,
  { program, dir, name, certificate, authority, proxyOf, settings }: ToStart,
): Promise<Registry> => {
  const host = `127.0.0.1:${(await freePorts(1))[0]}`
  const config = path.join(dir, `${name}.json`)
  // JSON is YAML.
  await writeFile(
    config,
    JSON.stringify({
      version: 0.1,
      log: { level: 'warn' },
      storage: { filesystem: { rootdirectory: path.join(dir, name) } },
      http: { addr: host, tls: { certificate: certificate.cert, key: certificate.key } },
      ...(proxyOf !== undefined && { proxy: { remoteurl: `https://${proxyOf}` } }),
      ...settings,
    }),
  )
  const component = components.start('env', [`SSL_CERT_FILE=${authority.cert}`, program, 'serve', config])
  for (let left = 200; left > 0; left--) {
    if (component.hasExited()) break
    const reply = await call(`https://${host}/v2/`, authority).catch(() => undefined)
    if (reply?.status === 200 || (reply?.status === 401 && settings !== undefined)) return { host, component }
    await sleep(50)
  }
  throw new Error(`docker-registry ${name} did not start; see ${component.log}`)
}
