/* Made by scripts/types.ts from schemas/{site,release,lock,snapshot}.schema.json. Change those, then run `make fix`. */

/**
 * What is kept: always, or what was pulled within so many days. Harbor itself sets 7 days on a proxy project, after which a node that needs an image again finds it gone.
 */
type Keep = string
/**
 * The most that a project may hold: a number with Mi, Gi or Ti, or unlimited. Left as Harbor has it where nothing is said.
 */
type Storage = string

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
    /**
     * The architectures of the other nodes, where a cluster has nodes of more than one. Images are then pinned by their index.
     *
     * @minItems 1
     */
    otherArchitectures?: ('amd64' | 'arm64')[]
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
     * true: every image is pinned to the digest that releases/lock.yaml has for its tag, and one that is not locked is refused. `scout images lock` locks them.
     */
    pin?: boolean
    /**
     * A Secret to pull with, which people make in each namespace. Every pod spec of a built-in kind that names an image gets it in imagePullSecrets. Without it, nothing is added.
     */
    pullSecret?: string
    /**
     * Where images stand that scout does not find by itself: in custom resources of your own, and in texts. They come before what is built in.
     */
    finders?: ImageFinder[]
    /**
     * By registry as image references name it: the Harbor project that stands for it. A registry that is not listed is refused.
     */
    projects: {
      [k: string]: string
    }
  }
  /**
   * How `scout harbor apply` sets Harbor up. Without it: one public proxy project for each registry of images.projects, which keeps what it has cached.
   */
  harbor?: {
    /**
     * Whether nodes pull from proxy projects without logging in.
     */
    public?: boolean
    keep?: Keep
    storage?: Storage
    /**
     * By registry as images.projects names it: where it is not the usual one, or its project is not as the others.
     */
    registries?: {
      [k: string]: RegistryInHarbor
    }
    /**
     * Projects that one pushes to: a proxy project refuses pushes, so bundles go here. By name.
     */
    hosted?: {
      [k: string]: HostedInHarbor
    }
    /**
     * Accounts for programs, by name without Harbor's prefix. `scout harbor apply --robot NAME=FILE` writes the login of a new one into a file of mode 600.
     */
    robots?: {
      [k: string]: RobotInHarbor
    }
  }
  /**
   * The environments, each of which is one cluster. Every release is rendered for each of them. SITE-ENVIRONMENT has to fit a DNS label, so names are short.
   */
  environments: {
    [k: string]: EnvironmentOfSite
  }
  sealing?: Sealing
  /**
   * Labels and annotations of the namespaces that releases live in. They are made before anything else is applied.
   */
  namespaces?: {
    [k: string]: NamespaceOfSite
  }
}
/**
 * One place, of every object of a kind.
 */
interface ImageFinder {
  /**
   * The kind, with its group: Widget.example.com, ConfigMap. A document in a text that has apiVersion and kind counts as an object of its own.
   */
  kind: string
  /**
   * A JSON pointer to the field; * stands for every item of a list and every key of a map. It goes on into a string that holds YAML or JSON, also in the data of a Secret: /data/config.yaml/image.
   */
  path: string
  /**
   * reference: one image. list: several in one string, at commas or on lines, each perhaps after a name and =. map: a reference in several fields (registry, repository, image or name, tag or version, digest, suffix). registry: a host, perhaps with a folder, that an operator completes.
   */
  form?: 'reference' | 'list' | 'map' | 'registry'
  /**
   * For the form map: a JSON pointer to the map of the same object that says what the fields leave out.
   */
  defaults?: string
}
/**
 * One registry, and the proxy project that stands for it.
 */
interface RegistryInHarbor {
  /**
   * Harbor's adapter for it. Usual: docker-hub for docker.io (it alone adds library/ to names), github-ghcr for ghcr.io, quay for quay.io, docker-registry for all others.
   */
  type?:
    | 'docker-hub'
    | 'docker-registry'
    | 'github-ghcr'
    | 'quay'
    | 'harbor'
    | 'google-gcr'
    | 'aws-ecr'
    | 'azure-acr'
    | 'jfrog-artifactory'
  /**
   * Where Harbor reaches it. Usual: https:// and the registry, and https://hub.docker.com for docker.io.
   */
  url?: string
  /**
   * true: Harbor does not verify its certificate.
   */
  insecure?: boolean
  /**
   * As above, for this one alone.
   */
  public?: boolean
  keep?: Keep
  storage?: Storage
}
/**
 * One project.
 */
interface HostedInHarbor {
  /**
   * Whether anybody may pull from it.
   */
  public?: boolean
  keep?: Keep
  storage?: Storage
}
/**
 * What it may do, by the names of this site's projects. With one project it belongs to that, with several to the system.
 */
interface RobotInHarbor {
  /**
   * Projects to pull from.
   *
   * @minItems 1
   */
  pull?: string[]
  /**
   * Projects to push to and pull from; hosted ones.
   *
   * @minItems 1
   */
  push?: string[]
}
/**
 * One environment.
 */
interface EnvironmentOfSite {
  /**
   * The identity of the cluster, as the trust file on its control plane names it. A bundle for another cluster is refused there.
   */
  cluster: string
  /**
   * What the cluster serves, taken there with `scout-apply capabilities`: a file beside site.yaml, or a path below releases/. Without it, the target is a bare cluster of the Kubernetes version above.
   */
  snapshot?: string
  sealing?: Sealing
}
/**
 * Who can open the fields that are kept sealed in git (siteValues with sealed: true): those who render, and the control plane. Those of an environment come to those of the site.
 */
interface Sealing {
  /**
   * Public keys of age, as `age-keygen -y` prints them.
   *
   * @minItems 1
   */
  recipients: string[]
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
 * A key of a Secret, or a field of another object.
 */
type Place = PlaceInSecret | PlaceInObject
/**
 * Which part of a pair stands there: a certificate where this is left out, and of a key the private one.
 */
type Part = 'value' | 'certificate' | 'key' | 'public'
/**
 * Where the value is a part of a bigger text: what stands before it there. Left out, it begins the text.
 */
type After = string
/**
 * Where the value is a part of a bigger text: what stands after it there. Left out, it ends the text.
 */
type Before = string
/**
 * What lookup finds of the release's own objects: nothing, as at its first install, or what it last rendered to.
 */
type Lookup = 'nothing' | 'last-render'
/**
 * The name of the object; all of the kind where this is left out.
 */
type ObjectName = string
/**
 * A field, as a JSON pointer: ~1 stands for / in a key, ~0 for ~.
 */
type Pointer = string
/**
 * A kind and its group: Deployment.apps, Service.
 */
type GroupKind = string
/**
 * What is asked of a live object.
 */
type FieldTest = ConditionTest | ValueTest | PresenceTest

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
  siteValues?: SiteValues
  lookup?: Lookup
  apply?: Apply
  images?: Images
  /**
   * By environment: what is different there. valuesFiles and values are added on top, siteValues by name; every other key replaces the release's own.
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
 * Passwords, keys and certificates, by name: each is made, given or read on the control plane, and stands in what is rendered as a placeholder. Values name one as $(site:NAME).
 */
interface SiteValues {
  [k: string]: WrittenSiteValue
}
/**
 * How one site value comes to be, and where the chart puts it.
 */
export interface WrittenSiteValue {
  password?: PasswordRecipe
  key?: KeyRecipe
  certificate?: CertificateRecipe
  htpasswd?: HtpasswdRecipe
  /**
   * An operator gives it to scout-apply, which keeps it.
   */
  supplied?: true
  secret?: ReadRecipe
  /**
   * It travels with the bundle, encrypted for a key that the control plane has.
   */
  sealed?: true
  /**
   * Where the chart puts it. Wherever else the same text stands, it is found by itself.
   */
  at?: Place[]
}
/**
 * Random characters, made once.
 */
interface PasswordRecipe {
  /**
   * How many characters.
   */
  length?: number
  /**
   * What it is made of.
   */
  alphabet?: 'letters-and-digits' | 'lower-and-digits' | 'letters' | 'digits' | 'hex'
  /**
   * Whether the base64 of these characters is the value.
   */
  base64?: boolean
}
/**
 * An RSA key, made once: its parts are key and public.
 */
interface KeyRecipe {
  /**
   * How long it is.
   */
  bits?: 2048 | 3072 | 4096
}
/**
 * A certificate and its key, made once: its parts are certificate and key.
 */
interface CertificateRecipe {
  /**
   * The name of its subject.
   */
  commonName: string
  /**
   * Whether it may sign others.
   */
  authority?: boolean
  /**
   * The DNS names that it is for.
   */
  dnsNames?: string[]
  /**
   * The IP addresses that it is for.
   */
  ipAddresses?: string[]
  /**
   * How long it is valid, from the time when it is made.
   */
  days?: number
  /**
   * The certificate that signs it: NAME, or RELEASE/NAME of another release. Left out, it signs itself.
   */
  issuer?: string
}
/**
 * A line of an htpasswd file (bcrypt) for another value.
 */
interface HtpasswdRecipe {
  /**
   * Who the line is for; left out, it is the hash alone.
   */
  user?: string
  /**
   * The site value that it is the hash of: NAME, or RELEASE/NAME of another release.
   */
  of: string
}
/**
 * Read at each apply from a Secret that people make on the cluster.
 */
interface ReadRecipe {
  /**
   * The name of the Secret.
   */
  name: string
  /**
   * The key in it.
   */
  key: string
  /**
   * Its namespace; the release's own where this is left out.
   */
  namespace?: string
}
/**
 * A key of a Secret.
 */
export interface PlaceInSecret {
  /**
   * The name of the Secret.
   */
  secret: string
  /**
   * The key in it.
   */
  key: string
  /**
   * Its namespace; the release's own where this is left out.
   */
  namespace?: string
  part?: Part
  after?: After
  before?: Before
}
/**
 * A field of an object.
 */
export interface PlaceInObject {
  /**
   * The kind of the object, and its group: Deployment.apps, ConfigMap.
   */
  kind: string
  /**
   * The name of the object.
   */
  name: string
  /**
   * Its namespace; the release's own where this is left out, and "" for an object that is in none.
   */
  namespace?: string
  /**
   * The field, as a JSON pointer: ~1 stands for / in a key, ~0 for ~.
   */
  pointer: string
  part?: Part
  after?: After
  before?: Before
}
/**
 * How the release is applied, where the usual way does not serve.
 */
interface Apply {
  /**
   * Fields that somebody else sets on the cluster: they are left out of what is applied, and of what counts as drift.
   */
  ignore?: IgnoredFields[]
  /**
   * Kinds whose objects may be deleted and made anew where the server forbids a change. A Job may without being named.
   */
  recreate?: GroupKind[]
  /**
   * When goes what the release has no more: last, after everything is ready, or early, before its new objects come.
   */
  prune?: 'last' | 'early'
  /**
   * When objects of a kind are ready. These win over the rules that are built in.
   */
  ready?: ReadyWhen[]
}
/**
 * Fields of objects of one kind.
 */
interface IgnoredFields {
  /**
   * The kind of the objects, and its group: Deployment.apps, Service; "*" for every kind.
   */
  kind: string
  name?: ObjectName
  /**
   * The fields, as JSON pointers; * stands for every item of a list or every key of a map.
   *
   * @minItems 1
   */
  fields: Pointer[]
}
/**
 * When objects of one kind are ready.
 */
interface ReadyWhen {
  kind: GroupKind
  name?: ObjectName
  /**
   * They are ready where all of these hold.
   *
   * @minItems 1
   */
  ready: FieldTest[]
  /**
   * They have failed for good, and nobody waits for them, where one of these holds.
   */
  failed?: FieldTest[]
}
/**
 * A condition in its status.
 */
interface ConditionTest {
  /**
   * The type of the condition.
   */
  condition: string
  /**
   * Its status, in quotes: without them, YAML reads True as a boolean.
   */
  is: 'True' | 'False' | 'Unknown'
  /**
   * Its reason, where that matters.
   */
  reason?: string
}
/**
 * A field that has this value.
 */
interface ValueTest {
  path: Pointer
  /**
   * The value: a text, a number or a boolean.
   */
  equals: string | number | boolean
}
/**
 * A field that is there, or is not.
 */
interface PresenceTest {
  path: Pointer
  /**
   * Whether it has to be there; an empty one is not.
   */
  exists: boolean
}
/**
 * What only a person can say of images: which ones an operator makes up at run time, and what merely looks like one.
 */
interface Images {
  /**
   * Images that are needed and that nothing rendered names as one. Where one of them is a suspect, it is an image there, and is rewritten.
   */
  extra?: string[]
  /**
   * What looks like an image and is none, or is never pulled. It stays as it is. The image of a container cannot be ignored.
   */
  ignore?: IgnoredImage[]
}
/**
 * One image, as it stands there or written out in full.
 */
interface IgnoredImage {
  /**
   * The text that looks like an image.
   */
  image: string
  /**
   * Why it is none, for those who read it later.
   */
  reason: string
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
  siteValues?: SiteValues
  lookup?: Lookup
  apply?: Apply
  images?: Images
}

/**
 * index: of the index that the tag named, where it was one. amd64, arm64: of the image for that architecture.
 */
type Digest = string

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
  /**
   * By reference with its tag, written out in full: what the tag named when `scout images lock` asked. It is never asked again but on purpose.
   */
  images?: {
    [k: string]: LockedImage
  }
}
/**
 * The digests of one tag.
 */
interface LockedImage {
  index?: Digest
  amd64?: Digest
  arm64?: Digest
}

type Words = string[]

/**
 * What one cluster serves and some of what lies in it, as `scout-apply capabilities` prints it for rendering elsewhere. No secret is in it.
 */
export interface SnapshotFile {
  /**
   * The version of this format.
   */
  format: 1
  /**
   * The identity of the cluster, as the trust file on its control plane names it.
   */
  cluster: string
  /**
   * The UID of the namespace kube-system: another one is another cluster, whatever its name.
   */
  clusterId: string
  /**
   * The version of the API server, such as v1.36.3.
   */
  kubernetes: string
  /**
   * What the API server serves.
   */
  discovery: {
    /**
     * The groups, and the versions of each, in the server's order of preference. The core group is ''.
     */
    groups: {
      group: string
      versions: string[]
    }[]
    /**
     * Every resource in every version, sorted by group, version and plural name.
     */
    resources: Resource[]
  }
  /**
   * CustomResourceDefinitions, classes, namespaces and what was asked for beside them, sorted; without status and what the server writes into metadata.
   */
  objects: KubernetesObject[]
}
interface Resource {
  group: string
  version: string
  kind: string
  plural: string
  singular: string
  shortNames: Words
  namespaced: boolean
  verbs: Words
  /**
   * Items: Group and version are '' where they are the resource's own.
   */
  subresources: {
    name: string
    group: string
    version: string
    kind: string
    verbs: Words
  }[]
}
/**
 * A Kubernetes object.
 */
interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    [k: string]: unknown
  }
  [k: string]: unknown
}
