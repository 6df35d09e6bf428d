import { authorityFile, mark, variables } from './form.ts'
import type { MirrorFile, Mirroring } from './form.ts'

/** The folder of a registry below certs.d: `registry.example_5000_`, which containerd looks for first (docs/hosts.md, "Port Handling"). */
const folderOf = (registry: string): string => registry.replace(/:(\d+)$/, '_$1_')

/** A basic string of TOML; of what comes here only these two would have to be written otherwise. */
const text = (value: string): string => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`

/**
 * `certs.d/REGISTRY/hosts.toml` of containerd (github.com/containerd/containerd `docs/hosts.md`; how it is read:
 * `core/remotes/docker/config/hosts.go`).
 *
 * Harbor's project is the `server`, too: what is asked last without a `server` is the registry of the image's own name, and with Harbor's bare host
 * as `server` a name that the project does not have would be looked for in Harbor's other projects (`library/nginx` in its project `library`).
 * The `host` beside it says nothing more, but containerd 1.6 takes a file without one for broken, and goes to the image's own registry.
 * `override_path` because the path holds `/v2` before the project. Credentials have no place in these files: those of pull secrets come
 * first, and else the runtime's own configuration is asked.
 */
export const hostsToml = ({
  harbor,
  scheme,
  projects,
  authority,
  auth,
  skipVerify,
}: Mirroring): MirrorFile[] => {
  const hosts = [...projects, [harbor, undefined] as const].map(([registry, project]) => {
    const place = text(`${scheme}://${harbor}${project === undefined ? '' : `/v2/${project}`}`)
    const how = [
      'capabilities = ["pull", "resolve"]',
      ...(project === undefined ? [] : ['override_path = true']),
      // From the file's own folder, wherever certs.d lies.
      ...(authority === undefined ? [] : [`ca = ${text(`../${authorityFile}`)}`]),
      ...(skipVerify ? ['skip_verify = true'] : []),
    ]
    return {
      path: `certs.d/${folderOf(registry)}/hosts.toml`,
      text: [
        `${mark}: /etc/containerd/certs.d/${folderOf(registry)}/hosts.toml; read at every pull.`,
        `server = ${place}`,
        ...how,
        '',
        `[host.${place}]`,
        ...how.map((line) => `  ${line}`),
        '',
      ].join('\n'),
    }
  })
  return [
    ...hosts,
    ...(authority === undefined ? [] : [{ path: `certs.d/${authorityFile}`, text: `${mark}\n${authority}` }]),
    ...(auth
      ? [
          {
            // docs/cri/registry.md, "Configure Registry Credentials".
            path: 'harbor-auth.toml',
            text: [
              `${mark}: to be added to /etc/containerd/config.toml, through envsubst; restart containerd then.`,
              '# For containerd 2; containerd 1 calls the plugin io.containerd.grpc.v1.cri. Pull secrets come before it.',
              `[plugins."io.containerd.cri.v1.images".registry.configs.${text(harbor)}.auth]`,
              `  username = '${variables.username}'`,
              `  password = '${variables.password}'`,
              '',
            ].join('\n'),
          },
        ]
      : []),
  ]
}
