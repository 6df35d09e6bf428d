import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { lastLines } from '../control-plane/component.ts'
import type { Components } from '../control-plane/component.ts'

export interface Fetched {
  ok: boolean
  /** What ctr said, on both of its streams. */
  said: string
}

/** A containerd of its own, with all that it has below `dir`. It needs no root: it pulls, and runs nothing. */
export const startContainerd = async (
  components: Components,
  { dir, containerd, ctr }: { dir: string; containerd: string; ctr: string },
): Promise<{
  /** `ctr content fetch` into a namespace, by the hosts.toml files of a folder. What another namespace has does not count. */
  fetch(namespace: string, image: string, hostsDir: string): Promise<Fetched>
}> => {
  await mkdir(dir, { recursive: true })
  const address = path.join(dir, 'sock')
  const owner = `uid = ${process.getuid?.()}\n  gid = ${process.getgid?.()}`
  const config = path.join(dir, 'config.toml')
  await writeFile(
    config,
    `version = 2
root = ${JSON.stringify(path.join(dir, 'root'))}
state = ${JSON.stringify(path.join(dir, 'state'))}
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = ${JSON.stringify(address)}
  ${owner}
[ttrpc]
  address = ${JSON.stringify(`${address}.ttrpc`)}
  ${owner}
[plugins."io.containerd.metadata.v1.bolt"]
  content_sharing_policy = "isolated"
`,
  )
  const component = components.start(containerd, ['--config', config])
  const run = async (args: string[]): Promise<Fetched> => {
    // Whatever proxy this machine has is not for loopback.
    const { exitCode, all } = await execa(ctr, ['--address', address, ...args], {
      all: true,
      reject: false,
      timeout: 60_000,
      env: { NO_PROXY: '127.0.0.1' },
    })
    return { ok: exitCode === 0, said: all }
  }
  for (let left = 200; left > 0; left--) {
    if (component.hasExited()) break
    if ((await run(['--connect-timeout', '1s', 'version'])).ok)
      return {
        fetch: async (namespace, image, hostsDir) =>
          await run([
            '--namespace',
            namespace,
            'content',
            'fetch',
            '--hosts-dir',
            hostsDir,
            '--platform',
            'linux/amd64',
            image,
          ]),
      }
    await sleep(50)
  }
  throw new Error(`containerd did not start. ${await lastLines(component)}`)
}
