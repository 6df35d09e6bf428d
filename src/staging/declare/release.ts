import { posix } from 'node:path'
import type { ReleaseFile } from '../../core/declared.generated.ts'
import { secondsOf } from '../../core/duration.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChartSource, Release, ReleaseSource, ValuesLayer } from '../../core/records.ts'
import type { ReleaseFolder } from './folders.ts'
import { overlayOf, setting } from './overlay.ts'
import { policyFrom } from './policy.ts'
import type { Checked } from './read-file.ts'

/** A release's file and the folder that it lies in. */
export type DeclaredRelease = ReleaseFolder & Checked<ReleaseFile>

/** A path as the release's file writes it, from the site's root; it may begin with `..`, which `checkPaths` refuses. */
export const fromRoot = (folder: string, path: string): string => posix.join(folder, path).replace(/\/$/, '')

const sourceOf = ({ folder, content }: DeclaredRelease): ReleaseSource => {
  const { chart, manifests = [] } = content
  if (chart === undefined)
    return { kind: 'manifests', paths: manifests.map((path) => fromRoot(folder, path)) }
  const source: ChartSource =
    'path' in chart
      ? { from: 'path', path: fromRoot(folder, chart.path) }
      : 'oci' in chart
        ? { from: 'oci', url: chart.oci, version: chart.version }
        : { from: 'repository', ...chart }
  return { kind: 'chart', chart: source }
}

const valuesOf = ({ folder, file, content }: DeclaredRelease, environment: string): ValuesLayer[] =>
  [content, overlayOf(content, environment)].flatMap(({ valuesFiles = [], values }) => [
    ...valuesFiles.map((path): ValuesLayer => ({ from: 'file', file: fromRoot(folder, path) })),
    ...(values === undefined ? [] : [{ from: 'release', file, values: values as JsonObject } as const]),
  ])

/** Whether a release is there in an environment. */
export const isEnabled = ({ content }: DeclaredRelease, environment: string): boolean =>
  setting(content, environment, 'enabled').value ?? true

/** The record of a release in one environment: overlays applied, defaults filled in, paths from the site's root. */
export const releaseOf = (
  declared: DeclaredRelease,
  environment: string,
  { siteValues, tokens }: Pick<Release, 'siteValues' | 'tokens'>,
): Release => {
  const { content, name, file } = declared
  const namespace = setting(content, environment, 'namespace').value ?? content.namespace
  const images = setting(content, environment, 'images').value
  return {
    name,
    environment,
    namespace,
    file,
    source: sourceOf(declared),
    values: valuesOf(declared, environment),
    dependsOn: (setting(content, environment, 'dependsOn').value ?? []).toSorted(),
    timeoutSeconds: secondsOf(setting(content, environment, 'timeout').value ?? '15m'),
    renderedAs: setting(content, environment, 'renderedAs').value ?? 'install',
    supplied: (setting(content, environment, 'supplied').value ?? []).map((one) => ({
      name: one.secret,
      namespace: one.namespace ?? namespace,
      keys: one.keys,
    })),
    siteValues,
    tokens,
    lookup: setting(content, environment, 'lookup').value ?? 'nothing',
    policy: policyFrom(setting(content, environment, 'apply').value),
    ...(images !== undefined && {
      imageDecisions: { extra: images.extra ?? [], ignore: images.ignore ?? [] },
    }),
  }
}
