/* Made by scripts/types.ts from schemas/{site,release,lock}.schema.json. Change those, then run `make fix`. */

/**
 * releases/site.yaml: the target, the registry, the environments and the namespaces of one site.
 */
export interface SiteFile {
  /**
   * The name of the site. With the environment it names bundles and the set of objects on the cluster.
   */
  name: string
  /**
   * What the manifests are rendered for.
   */
  target: {
    /**
     * The minor version of Kubernetes, in quotes: unquoted, YAML reads 1.30 as the number 1.3.
     */
    kubernetes: string
    /**
     * The architecture of the nodes: which image of a multi-platform index is meant.
     */
    architecture: 'amd64' | 'arm64'
  }
  /**
   * Where the cluster pulls its images from.
   */
  images: {
    /**
     * Harbor's host, and its port where it is not 443. No scheme, no path. A name without dot and port would be taken for a folder of Docker Hub.
     */
    harbor: string
    /**
     * harbor: image references are rewritten to Harbor's projects. mirror: they stay, and the nodes' container runtime is told of Harbor as a mirror.
     */
    mode?: 'harbor' | 'mirror'
    /**
     * By registry as image references name it: the Harbor project that stands for it. A registry that is not listed is refused.
     */
    projects: {
      [k: string]: string
    }
  }
  /**
   * The environments, each of which is one cluster. Every release is rendered for each of them. SITE-ENVIRONMENT has to fit a DNS label, so names are short.
   */
  environments: {
    [k: string]: EnvironmentOfSite
  }
  /**
   * Labels and annotations of the namespaces that releases live in. They are made before anything else is applied.
   */
  namespaces?: {
    [k: string]: NamespaceOfSite
  }
}
/**
 * One environment.
 */
interface EnvironmentOfSite {
  /**
   * The identity of the cluster, as the trust file on its control plane names it. A bundle for another cluster is refused there.
   */
  cluster: string
}
/**
 * One namespace.
 */
interface NamespaceOfSite {
  /**
   * Labels, such as those of pod security.
   */
  labels?: {
    /**
     * The value of a label; numbers and booleans in quotes.
     */
    [k: string]: string
  }
  /**
   * Annotations.
   */
  annotations?: {
    /**
     * The value of an annotation; numbers and booleans in quotes.
     */
    [k: string]: string
  }
}

/**
 * The namespace that the release lives in.
 */
type Namespace = string
/**
 * The exact version of the chart; no range.
 */
type ChartVersion = string
/**
 * A path relative to the release's folder.
 */
type Path = string
/**
 * Values files, lowest first, relative to the release's folder. They may not leave the site.
 */
type ValuesFiles = Path[]
/**
 * Names of releases that must be ready before this one starts.
 */
type DependsOn = string[]
/**
 * How long to wait until everything of the release is ready.
 */
type Timeout = string
/**
 * What .Release.IsInstall and .Release.IsUpgrade answer in the templates.
 */
type RenderedAs = 'install' | 'upgrade'
/**
 * Whether the release is there at all. One that is not is pruned where it was.
 */
type Enabled = boolean
/**
 * Secrets that people make on the control plane and that are never in git. The apply checks that they are there.
 */
type Supplied = SuppliedByPeople[]

/**
 * releases/NAME/release.yaml: one release; the folder is its name.
 */
export interface ReleaseFile {
  namespace: Namespace
  /**
   * The chart: a folder of the site, one of a chart repository, or one of an OCI registry.
   */
  chart?: ChartByPath | ChartByRepository | ChartByOci
  /**
   * In place of a chart: files or folders of plain manifests, relative to the release's folder. They may not leave the site.
   *
   * @minItems 1
   */
  manifests?: Path[]
  valuesFiles?: ValuesFiles
  values?: Values
  dependsOn?: DependsOn
  timeout?: Timeout
  renderedAs?: RenderedAs
  enabled?: Enabled
  supplied?: Supplied
  /**
   * By environment: what is different there. valuesFiles and values are added on top; every other key replaces the release's own.
   */
  environments?: {
    [k: string]: Overlay
  }
}
/**
 * A chart that lies in the site.
 */
interface ChartByPath {
  /**
   * The folder with Chart.yaml, relative to the release's folder. It may not leave the site.
   */
  path: string
}
/**
 * A chart of a chart repository.
 */
interface ChartByRepository {
  /**
   * The URL of the repository, without index.yaml.
   */
  repository: string
  /**
   * The name of the chart in the repository.
   */
  name: string
  version: ChartVersion
}
/**
 * A chart of an OCI registry.
 */
interface ChartByOci {
  /**
   * The chart in the registry, without its version.
   */
  oci: string
  version: ChartVersion
}
/**
 * Values written here. They win over valuesFiles.
 */
interface Values {
  [k: string]: unknown
}
/**
 * One Secret.
 */
interface SuppliedByPeople {
  /**
   * The name of the Secret.
   */
  secret: string
  /**
   * Its namespace; the release's own where this is left out.
   */
  namespace?: string
  /**
   * The keys that it must have.
   *
   * @minItems 1
   */
  keys: string[]
}
/**
 * What is different in one environment.
 */
export interface Overlay {
  namespace?: Namespace
  valuesFiles?: ValuesFiles
  values?: Values
  dependsOn?: DependsOn
  timeout?: Timeout
  renderedAs?: RenderedAs
  enabled?: Enabled
  supplied?: Supplied
}

/**
 * releases/lock.yaml: what must not change without a commit.
 */
export interface LockFile {
  /**
   * The version of helm that renders. Another one on PATH is not used.
   */
  helm: string
  /**
   * By release: the digest of the chart archive that was fetched for it.
   */
  charts?: {
    [k: string]: string
  }
}
