import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import test from 'ava'
import { findHelm } from '../../src/system/helm-program.ts'
import { ended, root, trialSite } from './site.ts'

test("whatever cluster the user's environment names, a render asks it nothing", async (t) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const site = await trialSite(t)
  const kubeconfig = join(site.folder, 'kubeconfig')
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'real', cluster: { server: address } }],
      contexts: [{ name: 'real', context: { cluster: 'real', user: 'me' } }],
      users: [{ name: 'me', user: {} }],
      'current-context': 'real',
    }),
  )
  const env = { HELM_KUBEAPISERVER: address, HELM_KUBETOKEN: 'mine', KUBECONFIG: kubeconfig, CI: 'true' }

  const helm = await findHelm('4.1.4', process.env)
  const args = ['template', 'sessions', 'releases/sessions/chart', '--dry-run=server']
  await ended(helm.ok ? helm.value : '', args, { cwd: site.folder, env })
  t.true(asked.length > 0, 'helm alone asks the cluster that these variables name')

  asked.length = 0
  const rendered = await ended('node', [join(root, 'src/scout.ts'), 'render'], { cwd: site.folder, env })
  t.is(rendered.exitCode, 0, rendered.stderr)
  t.regex(rendered.stdout, /rendered\/ was up to date/)
  t.deepEqual(asked, [])
})
