import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import type { ReadFiles } from '../../src/core/effects/files.ts'
import { readObjects } from '../../src/core/manifest.ts'
import { all, bad, good, problem } from '../../src/core/problem.ts'
import type { Outcome, Problem, Problems } from '../../src/core/problem.ts'
import type { RenderedRelease, Resolved, ResolvedRelease, SetOf } from '../../src/core/records.ts'
import { renderedFilesOf, textsOf } from '../../src/core/rendered-files.ts'
import { explainRefusal } from '../../src/staging/render/explain.ts'
import { finishRelease } from '../../src/staging/render/finish.ts'
import type { Served } from '../../src/staging/render/scope.ts'
import { helmValuesOf } from '../../src/staging/render/values.ts'
import { rewrite } from '../../src/staging/rewrite/rewrite.ts'
import { runHelm, usualLimits } from '../../src/system/helm-run.ts'
import { inPrivateFolder } from '../../src/system/private-folder.ts'

/** What a render on a server needs: the site, the program of helm, and the server's kubeconfig. */
export interface Stage {
  root: string
  files: ReadFiles
  helm: { program: string; version: string }
  kubeconfig: string
  served: Served
}

type ChartRelease = ResolvedRelease & { resolved: Resolved & { kind: 'chart' } }

/** Plain manifests are not helm's: there is nothing to compare. */
export const isChart = (release: ResolvedRelease): release is ChartRelease =>
  release.resolved.kind === 'chart'

/** The values of a release as paths of files, lowest first, with placeholders where ours have them. */
const valuesFiles = async (
  release: ResolvedRelease,
  { root, files }: Stage,
  home: string,
): Promise<string[]> =>
  Promise.all(
    (await helmValuesOf(release, '', files)).map(async (values, index) => {
      if (values.from === 'file') return resolve(root, values.file)
      const file = join(home, `values-${index}.yaml`)
      await writeFile(file, values.text, { mode: 0o600 })
      return file
    }),
  )

const cannotReach = /cluster unreachable|connection refused|i\/o timeout/

const ofServer = (refusal: Problem): Problem => ({
  ...refusal,
  why: 'Helm says so when it asks the server; what `scout render` told it was something else.',
})

/** What helm prints for a release when it asks the server; the CRDs that are there already are taken for the release's own. */
const templateOf = (release: ChartRelease, stage: Stage): Promise<Outcome<string>> =>
  inPrivateFolder(async (home) => {
    const values = await valuesFiles(release, stage, home)
    const args = [
      'template',
      release.name,
      resolve(stage.root, release.resolved.directory),
      `--namespace=${release.namespace}`,
      `--kubeconfig=${stage.kubeconfig}`,
      '--dry-run=server',
      '--disable-openapi-validation',
      '--take-ownership',
      '--include-crds',
      ...(release.renderedAs === 'upgrade' ? ['--is-upgrade'] : []),
      ...values.map((file) => `--values="${file.replaceAll('"', '""')}"`),
    ]
    const ran = await runHelm(stage.helm.program, args, home, usualLimits)
    if (ran.ended === 'early') return bad([ran.problem])
    if (ran.ended === 'well') return good(ran.output)
    if (cannotReach.test(ran.words))
      return bad([
        problem({
          code: 'compare-with-server/unreachable',
          fault: 'world',
          what: `Release ${release.name}: helm could not reach the API server.`,
          fix: 'Check that the server still runs, then run again.',
          raw: ran.words,
        }),
      ])
    const refusals = await explainRefusal({ ...ran, text: '' }, release, release.resolved, stage.files)
    return bad(refusals.map(ofServer) as Problems)
  })

const renderRelease = async (release: ChartRelease, stage: Stage): Promise<Outcome<RenderedRelease>> => {
  const text = await templateOf(release, stage)
  if (!text.ok) return text
  const found = readObjects(text.value, `helm's output of ${release.name}`)
  return found.ok ? finishRelease(release, found.value, stage.helm.version, stage.served) : found
}

/** Runs as many at once as there are cores, and gives the results in the order of the items. */
const inParallel = async <T, R>(items: T[], run: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = []
  const waiting = items.entries()
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await run(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return results
}

/**
 * What helm makes of all chart releases on the server, brought to the form of `rendered/ENV` by the functions that make that:
 * canonical texts by path. What helm says in warning, `scout render` has said already.
 */
export const renderOnServer = async (
  set: SetOf<ResolvedRelease>,
  stage: Stage,
): Promise<Outcome<Map<string, string>>> => {
  const rendered = all(
    await inParallel(set.releases.filter(isChart), (release) => renderRelease(release, stage)),
  )
  if (!rendered.ok) return rendered
  const rewritten = rewrite({ ...set, releases: rendered.value })
  return rewritten.ok ? good(textsOf(renderedFilesOf(rewritten.value))) : rewritten
}
