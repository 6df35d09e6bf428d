import { bad, good, problem } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import type { Site } from '../../core/records.ts'
import { readAuthority } from './authority.ts'
import type { MirrorFile, Mirroring, NodeRuntime } from './form.ts'
import { hostsToml } from './hosts-toml.ts'
import { registriesYaml } from './registries-yaml.ts'
import { talosPatch } from './talos-patch.ts'

/** How far the nodes are told not to look; spelled out by people, never a default. */
export type Insecure = 'skip-verify' | 'plain-http'
export const insecureWays: Insecure[] = ['skip-verify', 'plain-http']

export interface ToMirror {
  runtime: NodeRuntime
  images: Site['images']
  /** Certificates (PEM) that the nodes are to believe Harbor by, beside those of their system. */
  authority?: { name: string; text: string }
  /** Whether the nodes log in; the files then hold the names of environment variables, and never what is in them. */
  auth: boolean
  insecure?: Insecure
}

const filesFor = (mirroring: Mirroring): MirrorFile[] => {
  switch (mirroring.runtime) {
    case 'k3s':
    case 'rke2':
      return registriesYaml(mirroring)
    case 'containerd':
      return hostsToml(mirroring)
    case 'talos':
      return talosPatch(mirroring)
  }
}

const contradiction = problem({
  code: 'mirrors/needless-authority',
  fault: 'usage',
  what: 'A certificate is given, and certificates are not to be looked at.',
  fix: 'Leave out --insecure: with the certificate Harbor can be believed.',
})

/**
 * The nodes' configuration for getting the images of every registry of the site's map from Harbor and from nowhere else, and Harbor's own host with it:
 * the same text for the same input. Pure.
 */
export const mirrors = ({ runtime, images, authority, auth, insecure }: ToMirror): Outcome<MirrorFile[]> => {
  const { harbor } = images
  const twice = images.projects[harbor]
  if (Object.hasOwn(images.projects, harbor))
    return bad([
      problem({
        code: 'mirrors/harbor-as-upstream',
        what: `Harbor's own host ${harbor} is mapped to its project ${twice}.`,
        where: [{ in: 'file', file: 'releases/site.yaml' }],
        why: `The nodes would put the project before names that bear theirs already: ${twice}/${twice}/….`,
        fix: 'Take it out of images.projects: names of Harbor need no mapping.',
      }),
    ])
  if (authority !== undefined && insecure !== undefined) return bad([contradiction])
  const certificates = authority === undefined ? good(undefined) : readAuthority(authority)
  if (!certificates.ok) return certificates
  return good(
    filesFor({
      runtime,
      harbor,
      scheme: insecure === 'plain-http' ? 'http' : 'https',
      projects: Object.entries(images.projects).sort(([a], [b]) => (a < b ? -1 : 1)),
      authority: certificates.value,
      auth,
      skipVerify: insecure === 'skip-verify',
    }),
  )
}
