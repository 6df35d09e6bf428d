import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Certificate } from './certificates.ts'

/**
 * Writes a kubeconfig with which a client certificate is used at an API server. The certificates are inside
 * it, so the file can be carried elsewhere.
 *
 * @returns The path of the file, `DIR/NAME.kubeconfig`.
 */
export async function writeKubeconfig(
  dir: string,
  name: string,
  url: string,
  ca: string,
  client: Certificate,
): Promise<string> {
  const file = path.join(dir, `${name}.kubeconfig`)
  // JSON is YAML, and the clients read it as such.
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority-data': await base64(ca) } }],
    users: [
      {
        name,
        user: {
          'client-certificate-data': await base64(client.cert),
          'client-key-data': await base64(client.key),
        },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'test', user: name } }],
    'current-context': 'test',
  }
  await writeFile(file, `${JSON.stringify(config, undefined, '\t')}\n`, { mode: 0o600 })
  return file
}

/**
 * Writes a copy of a kubeconfig that speaks to another server, as the same user.
 *
 * @returns The path of the copy, `DIR/NAME-of-the-original` with the port of the new server in front.
 */
export async function redirectKubeconfig(dir: string, kubeconfig: string, url: string): Promise<string> {
  const file = path.join(dir, `${new URL(url).port}-${path.basename(kubeconfig)}`)
  const config = JSON.parse(await readFile(kubeconfig, 'utf8')) as {
    clusters: { cluster: { server: string } }[]
  }
  for (const { cluster } of config.clusters) {
    cluster.server = url
  }

  await writeFile(file, `${JSON.stringify(config, undefined, '\t')}\n`, { mode: 0o600 })
  return file
}

async function base64(file: string): Promise<string> {
  return readFile(file, 'base64')
}
