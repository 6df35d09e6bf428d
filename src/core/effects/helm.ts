import type { Outcome, Problem } from '../problem.ts'
import type { ChartSource } from '../records.ts'

/**
 * `list`: what `.Capabilities.APIVersions.Has` is true for, beside helm's compiled-in list, which cannot be shortened this way.
 * `server`: the kubeconfig (JSON) of an API server or its stand-in, which helm asks for capabilities and every `lookup`.
 */
export type Told = { by: 'list'; apiVersions: string[] } | { by: 'server'; kubeconfig: string }

/** A file of the site, or a text that stands for one. */
export type HelmValues = { from: 'file'; file: string } | { from: 'text'; text: string }

/** One run of `helm template`. Paths are relative to the site's root. */
export interface TemplateRequest {
  release: string
  namespace: string
  /** The folder of the chart. */
  directory: string
  /** What `.Capabilities.KubeVersion` answers: `1.36.0`; a server that is asked says it itself. */
  kubernetes: string
  /** How helm learns what the target serves. */
  told: Told
  /** `.Release.IsUpgrade` instead of `.Release.IsInstall`. */
  upgrade: boolean
  /** `later`: in another time zone, and in a later second than it was asked in. Else now, in UTC. */
  clock?: 'later'
  /** Lowest first. */
  values: HelmValues[]
}

/**
 * `rendered`: helm's standard output, and in `words` what it said besides. `refused`: helm ran and said no, in its own words; `text`
 * is what it had rendered where that is not YAML, else empty. `failed`: helm gave no answer.
 */
export type TemplateAnswer =
  | { answer: 'rendered'; text: string; words: string }
  | { answer: 'refused'; text: string; words: string }
  | { answer: 'failed'; problem: Problem }

export type RemoteChart = Exclude<ChartSource, { from: 'path' }>

/** A fetched chart: the digest of its archive, and the folder below the site's root where it is unpacked. */
export interface PulledChart {
  digest: string
  directory: string
}

/** The helm of one version, the one that the lock names. It runs a few processes at once; of those who wait, the last to ask is the next. */
export interface Helm {
  /** `4.1.4` */
  version: string
  template(request: TemplateRequest): Promise<TemplateAnswer>
  /** Fetches a chart; where `digest` is known and was fetched before, the network is not asked. Does not compare the digest. */
  pull(chart: RemoteChart, digest?: string): Promise<Outcome<PulledChart>>
}
