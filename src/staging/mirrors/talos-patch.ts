import { mark, variables } from './form.ts'
import { yamlText } from './yaml-text.ts'
import type { MirrorFile, Mirroring } from './form.ts'

/**
 * A patch of Talos's machine configuration, `machine.registries` (github.com/siderolabs/talos
 * `pkg/machinery/config/types/v1alpha1/v1alpha1_types.go`: RegistriesConfig, RegistryMirrorConfig, RegistryConfig). The path of an endpoint is
 * taken as it is with `overridePath`; `skipFallback` shuts the way to the registry of the image's own name. The CA stands in it, in base64:
 * Talos has no files to refer to.
 */
export const talosPatch = ({
  harbor,
  scheme,
  projects,
  authority,
  auth,
  skipVerify,
}: Mirroring): MirrorFile[] => {
  const own = {
    ...(auth && { auth: variables }),
    ...((authority !== undefined || skipVerify) && {
      tls: {
        ...(authority !== undefined && { ca: Buffer.from(authority).toString('base64') }),
        ...(skipVerify && { insecureSkipVerify: true }),
      },
    }),
  }
  const content = {
    machine: {
      registries: {
        mirrors: Object.fromEntries([
          ...projects.map(([registry, project]) => [
            registry,
            { endpoints: [`${scheme}://${harbor}/v2/${project}`], overridePath: true, skipFallback: true },
          ]),
          [harbor, { endpoints: [`${scheme}://${harbor}`], skipFallback: true }],
        ]),
        ...(Object.keys(own).length > 0 && { config: { [harbor]: own } }),
      },
    },
  }
  const head = [
    `${mark}: talosctl patch machineconfig --patch @registries.patch.yaml, on every node.`,
    ...(auth ? ['# Credentials: through envsubst before that.'] : []),
  ]
  return [{ path: 'registries.patch.yaml', text: `${head.join('\n')}\n${yamlText(content)}` }]
}
