import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { attach, whereaboutsFile, type ControlPlane, type Whereabouts } from './control-plane.ts'
import { startControlPlane } from './start.ts'

const variable = 'SCOUT_TEST_CONTROL_PLANE'

let shared: Promise<ControlPlane> | undefined

/**
 * The control plane that all test files of a run share: use a namespace of your own in it (`freshNamespace`), and
 * start one of your own where cluster-scoped objects would get in the way of others.
 *
 * It runs already where the tests were started by `node test/control-plane/shared.ts COMMAND`; else, as with a single test
 * file from an editor, one is started now and ends with this process.
 */
export async function sharedControlPlane(): Promise<ControlPlane> {
  shared ??= findOrStart()
  return shared
}

/**
 * Creates a namespace with a name that nobody else has, and waits until Pods can be created in it.
 *
 * @param purpose The start of the name, for whoever looks at the cluster while tests run.
 * @returns The name.
 */
export async function freshNamespace({ request }: ControlPlane, purpose = 'test'): Promise<string> {
  const name = `${purpose}-${randomUUID().slice(0, 8)}`
  const created = await request('POST', '/api/v1/namespaces', {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  })
  if (created.status !== 201) {
    throw new Error(`the namespace ${name} was not created: ${created.text}`)
  }

  const end = Date.now() + 10_000
  while ((await request('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`)).status !== 200) {
    if (Date.now() > end) {
      throw new Error(
        `the namespace ${name} got no service account within 10 s; is this control plane without its controller manager?`,
      )
    }

    await sleep(20)
  }

  return name
}

async function findOrStart(): Promise<ControlPlane> {
  const file = process.env[variable]
  return file === undefined
    ? startControlPlane()
    : attach(JSON.parse(await readFile(file, 'utf8')) as Whereabouts)
}

/** Runs a command whose tests share a control plane, and answers with the command's exit code. */
async function withSharedControlPlane([command, ...args]: readonly string[]): Promise<number> {
  if (command === undefined) {
    console.error('usage: node test/control-plane/shared.ts COMMAND [ARGUMENT...]')
    return 2
  }

  const { dir, stop } = await startControlPlane()
  try {
    const { exitCode } = await execa(command, args, {
      stdio: 'inherit',
      preferLocal: true,
      reject: false,
      env: { [variable]: path.join(dir, whereaboutsFile) },
    })
    // None, where a signal ended it.
    return exitCode ?? 1
  } finally {
    await stop()
  }
}

if (import.meta.main) {
  // Ctrl-C reaches the command as well; we stay to stop the control plane after it.
  process.on('SIGINT', () => {})
  process.exitCode = await withSharedControlPlane(process.argv.slice(2))
}
