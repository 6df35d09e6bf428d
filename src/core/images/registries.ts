/**
 * Registries that charts name images of. A token with one of these hosts, and a tag or a digest, is taken for an image wherever it
 * stands; the hosts that a site maps come to them.
 */
const wellKnown = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'ghcr.io',
  'quay.io',
  'gcr.io',
  'registry.k8s.io',
  'k8s.gcr.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'ecr-public.aws.com',
  'nvcr.io',
  'cgr.dev',
  'dhi.io',
  'docker.elastic.co',
  'registry.gitlab.com',
  'registry.redhat.io',
  'registry.access.redhat.com',
  'registry.connect.redhat.com',
  'container-registry.oracle.com',
  'registry.suse.com',
  'registry.opensuse.org',
  'registry.rancher.com',
  'registry.developers.crunchydata.com',
  'registry.opensource.zalan.do',
  'icr.io',
  'lscr.io',
  'xpkg.upbound.io',
  'xpkg.crossplane.io',
  'cr.l5d.io',
  'cr.k8ssandra.io',
  'cr.fluentbit.io',
  'cr.kgateway.dev',
  'reg.kyverno.io',
  'oci.external-secrets.io',
  'docker.redpanda.com',
  'docker.n8n.io',
  'docker.gitea.com',
])

const wellKnownSuffixes = [
  '.gcr.io',
  '.pkg.dev',
  '.azurecr.io',
  '.amazonaws.com',
  '.icr.io',
  '.ocir.io',
  '.aliyuncs.com',
  '.scarf.sh',
  '.jfrog.io',
  '.quay.io',
]

/** Whether a host is a registry's, by the well-known ones and those that are given (the site's). */
export type IsRegistry = (host: string) => boolean

/** Knows the well-known registries and these. */
export const registries = (own: Iterable<string> = []): IsRegistry => {
  const hosts = new Set([...wellKnown, ...own])
  return (host) => hosts.has(host) || wellKnownSuffixes.some((suffix) => host.endsWith(suffix))
}
