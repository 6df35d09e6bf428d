import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Outcome, Problem } from '../../../src/core/problem.ts'
import type { Declared } from '../../../src/core/records.ts'
import { declare } from '../../../src/staging/declare/declare.ts'
import { visibleLines } from '../../../src/report/visible.ts'
import { openFiles } from '../../../src/system/files.ts'

/** Files by their path from the site's root; undefined takes one of the good site away. */
export type Files = { [path: string]: string | Uint8Array | undefined }

/** A site without a fault, of which each case breaks something. */
export const goodSite: Files = {
  'releases/site.yaml': `name: sample
target: { kubernetes: "1.36", architecture: amd64 }
images:
  harbor: harbor.staging.example:8443
  projects: { docker.io: dockerhub-proxy }
environments:
  staging: { cluster: sample-staging }
  production: { cluster: sample-production }
namespaces:
  shop: { labels: { pod-security.kubernetes.io/enforce: baseline } }
`,
  'releases/lock.yaml': 'helm: 4.1.4\ncharts: {}\n',
  'releases/database/release.yaml': `namespace: shop
chart: { path: chart }
supplied: [{ secret: db-password, keys: [password] }]
`,
  'releases/database/chart/Chart.yaml': 'name: database\n',
  'releases/web/release.yaml': `namespace: shop
chart: { path: chart }
valuesFiles: [values.yaml]
dependsOn: [database]
environments:
  production: { valuesFiles: [production.yaml], values: { replicas: 3 } }
`,
  'releases/web/chart/Chart.yaml': 'name: web\n',
  'releases/web/values.yaml': 'replicas: 1\n',
  'releases/web/production.yaml': '# nothing yet\n',
}

/** Writes the good site with `changes` into a folder of its own, hands that over, and removes it. */
export const inSite = async <T>(changes: Files, use: (root: string) => Promise<T>): Promise<T> => {
  const root = await mkdtemp(join(tmpdir(), 'declare-'))
  try {
    for (const [path, content] of Object.entries({ ...goodSite, ...changes })) {
      if (content === undefined) continue
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    }
    return await use(root)
  } finally {
    await rm(root, { recursive: true })
  }
}

/** What `declare` makes of the good site with `changes`. */
export const declared = (changes: Files, environment = 'staging'): Promise<Outcome<Declared>> =>
  inSite(changes, (root) => declare({ environment }, { files: openFiles(root) }))

const placed = ({ where }: Problem): string =>
  where
    .map((place) => {
      if (place.in !== 'file') return place.in
      const { file, line, column, excerpt } = place
      const underlined = excerpt?.text.slice(excerpt.from - 1, excerpt.to - 1)
      return (
        [file, line, column].filter((part) => part !== undefined).join(':') +
        (excerpt ? ` «${underlined}»` : '')
      )
    })
    .join(', ')

/** Problems as a reviewer reads them: code and place with what is underlined, what, why and fix. */
export const told = (problems: Problem[]): string =>
  problems
    .flatMap((one) => [
      `${one.severity === 'warning' ? 'warning ' : ''}${one.code} ${placed(one)}`,
      `  ${one.what}`,
      ...(one.why === undefined ? [] : [`  ${one.why}`]),
      `  Fix: ${one.fix}`,
    ])
    .flatMap(visibleLines)
    .join('\n')
