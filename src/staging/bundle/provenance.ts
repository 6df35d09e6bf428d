import type { BundleManifest } from '../../core/bundle/format.ts'
import type { Json } from '../../core/json.ts'

/** Names what was done to what `externalParameters` say. */
const buildType = 'urn:scout-airgap:render:v1'
const builder = 'urn:scout-airgap:scout'

const digestSet = (digest: string): { [algorithm: string]: string } => ({
  sha256: digest.replace(/^sha256:/, ''),
})

/** `registry/name@sha256:…` → its digest; a tag alone has none. */
const imageDigest = (image: string): { digest?: { [algorithm: string]: string } } => {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1]
  return digest === undefined ? {} : { digest: digestSet(digest) }
}

/**
 * The SLSA provenance (v1) of a bundle: a function of the manifest, so equal bundles have equal provenance. It bears no times
 * and no invocation id, since nothing in a bundle may depend on when and where it was built.
 */
export const provenanceOf = (manifest: Omit<BundleManifest, 'members'>): Json => {
  const charts = manifest.releases.flatMap(({ chart }) => (chart ? [chart] : []))
  const helms = manifest.releases.flatMap(({ helm }) => (helm === null ? [] : [helm]))
  const dependencies = [
    ...charts.map(({ name, version, digest }) => ({
      uri: `pkg:helm/${name}@${version}`,
      digest: digestSet(digest),
    })),
    ...[...new Set(helms)].map((version) => ({ uri: `pkg:github/helm/helm@v${version.replace(/^v/, '')}` })),
    ...manifest.images.map(({ rewritten }) => ({ uri: `oci://${rewritten}`, ...imageDigest(rewritten) })),
  ]
  const source = manifest.git ? [{ uri: 'git', digest: { gitCommit: manifest.git.commit } }] : []
  const unique = new Map(dependencies.map((one) => [JSON.stringify(one), one]))
  return {
    buildDefinition: {
      buildType,
      externalParameters: {
        site: manifest.site,
        environment: manifest.environment,
        version: manifest.version,
        commit: manifest.git?.commit ?? null,
      },
      internalParameters: { cluster: manifest.cluster, kubernetes: manifest.kubernetes },
      resolvedDependencies: [...source, ...[...unique.keys()].sort().map((key) => unique.get(key) as Json)],
    },
    runDetails: { builder: { id: builder, version: { scout: manifest.tool } } },
  }
}
