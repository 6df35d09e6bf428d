import type { ExecutionContext } from 'ava'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Problem } from '../../../src/core/problem.ts'
import type { Outcome } from '../../../src/core/problem.ts'
import { usualPolicy } from '../../../src/core/policy.ts'
import type { ChartSource, Declared, Release } from '../../../src/core/records.ts'

/** A temporary folder with these files; it goes away with the test. */
export const siteOf = async (t: ExecutionContext, files: Record<string, string>): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), 'scout-site-'))
  t.teardown(() => rm(root, { recursive: true }))
  await addTo(root, files)
  return root
}

export const addTo = async (root: string, files: Record<string, string>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

/** The files of a chart in `releases/NAME/chart`. */
export const chartFiles = (name: string, files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`, ...files }).map(
      ([path, text]) => [`releases/${name}/chart/${path}`, text],
    ),
  )

export const releaseOf = (name: string, changes: Partial<Release> = {}): Release => ({
  name,
  environment: 'production',
  namespace: 'shop',
  file: `releases/${name}/release.yaml`,
  source: chartAt({ from: 'path', path: `releases/${name}/chart` }),
  values: [],
  dependsOn: [],
  timeoutSeconds: 60,
  renderedAs: 'install',
  supplied: [],
  siteValues: [],
  tokens: {},
  lookup: 'nothing',
  policy: usualPolicy,
  ...changes,
})

export const chartAt = (chart: ChartSource): Release['source'] => ({ kind: 'chart', chart })

export const declaredOf = (releases: Release[], charts: Record<string, string> = {}): Declared => ({
  site: {
    file: 'releases/site.yaml',
    name: 'sample',
    target: { kubernetes: '1.36', architecture: 'amd64' },
    images: { harbor: 'harbor.example', mode: 'harbor', projects: {} },
    environments: { production: { cluster: 'sample' } },
    namespaces: {},
  },
  lock: { file: 'releases/lock.yaml', helm: '4.1.4', charts, images: {} },
  environment: 'production',
  waves: [releases.map(({ name }) => name)],
  releases,
})

/** The value of an outcome that has to be one. */
export const valueOf = <T>(outcome: Outcome<T>): T => {
  if (outcome.ok) return outcome.value
  throw new Error(outcome.problems.map(({ code, what, raw }) => `${code}: ${what}\n${raw ?? ''}`).join('\n'))
}

/** The problems of an outcome that has to have some. */
export const problemsOf = (outcome: Outcome<unknown>): Problem[] => {
  if (!outcome.ok) return outcome.problems
  throw new Error('nothing was refused')
}
