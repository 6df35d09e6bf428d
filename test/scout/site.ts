import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { ended, root } from '../line/site.ts'
import type { Ended } from '../line/site.ts'
import { siteOf } from '../staging/resolve/small-site.ts'

/** A site of these files for Kubernetes 1.36, with a `scout render` in it. */
export const renderSite = async (
  t: ExecutionContext,
  files: { [path: string]: string },
): Promise<{ folder: string; render: (...args: string[]) => Promise<Ended> }> => {
  const folder = await siteOf(t, {
    'releases/site.yaml':
      'name: site\ntarget: { kubernetes: "1.36", architecture: amd64 }\nimages: { harbor: h.example, projects: { docker.io: hub } }\nenvironments: { test: { cluster: c } }\n',
    'releases/lock.yaml': 'helm: 4.1.4\n',
    ...files,
  })
  const render = (...args: string[]): Promise<Ended> =>
    ended('node', [join(root, 'src/scout.ts'), 'render', ...args], { cwd: folder, env: { CI: 'true' } })
  return { folder, render }
}
