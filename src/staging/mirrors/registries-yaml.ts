import { authorityFile, mark, variables } from './form.ts'
import { yamlText } from './yaml-text.ts'
import type { MirrorFile, Mirroring } from './form.ts'

/** Where each of the two keeps its configuration. */
const folders = { k3s: '/etc/rancher/k3s', rke2: '/etc/rancher/rke2' }

/**
 * `registries.yaml` of K3s and RKE2 (github.com/rancher/wharfie `pkg/registries/types.go`; what becomes of it:
 * github.com/k3s-io/k3s `pkg/agent/containerd/config.go`).
 *
 * The endpoint has no path, so that `/v2` is put there, and the project comes into the name by `rewrite`, whose key is a regular expression of
 * Go. Anchored at both ends it matches each name once. Harbor's own host is a mirror of itself without a rewrite: releases of early 2024
 * used `configs` for mirrors alone (k3s issue 9918). The host's own endpoint stays the last resort unless
 * `disable-default-registry-endpoint` is set, which holds for the hosts that are listed here. `*` is never written: it would match Harbor's
 * host, too, and names would get a project twice.
 */
export const registriesYaml = ({
  runtime,
  harbor,
  scheme,
  projects,
  authority,
  auth,
  skipVerify,
}: Mirroring): MirrorFile[] => {
  const folder = folders[runtime === 'rke2' ? 'rke2' : 'k3s']
  const endpoint = [`${scheme}://${harbor}`]
  const own = {
    ...(auth && { auth: variables }),
    ...((authority !== undefined || skipVerify) && {
      tls: {
        ...(authority !== undefined && { ca_file: `${folder}/${authorityFile}` }),
        ...(skipVerify && { insecure_skip_verify: true }),
      },
    }),
  }
  const content = {
    mirrors: Object.fromEntries(
      [...projects, [harbor, undefined] as const].map(([registry, project]) => [
        registry,
        { endpoint, ...(project !== undefined && { rewrite: { '^(.*)$': `${project}/$1` } }) },
      ]),
    ),
    ...(Object.keys(own).length > 0 && { configs: { [harbor]: own } }),
  }
  const head = [
    `${mark}: ${folder}/registries.yaml of every node; restart ${runtime} after a change.`,
    `# The way past Harbor is shut by "disable-default-registry-endpoint: true" in ${folder}/config.yaml.`,
    ...(auth ? [`# Credentials: envsubst < registries.yaml > ${folder}/registries.yaml (mode 0600)`] : []),
    ...(authority === undefined ? [] : [`# Beside it: ${authorityFile}.`]),
  ]
  return [
    {
      path: 'registries.yaml',
      text: `${head.join('\n')}\n${yamlText(content)}`,
    },
    ...(authority === undefined ? [] : [{ path: authorityFile, text: `${mark}\n${authority}` }]),
  ]
}
