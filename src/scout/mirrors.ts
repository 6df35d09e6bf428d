import { command } from '../command-line/command.ts'
import { bad, exitCodes, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { describeMirrors } from '../report/mirrors.ts'
import { readSite } from '../staging/declare/read-site.ts'
import { checkFolder } from '../staging/mirrors/check-folder.ts'
import { nodeRuntimes } from '../staging/mirrors/form.ts'
import type { NodeRuntime } from '../staging/mirrors/form.ts'
import { insecureWays, mirrors } from '../staging/mirrors/mirrors.ts'
import type { Insecure } from '../staging/mirrors/mirrors.ts'
import { readInput } from '../system/input-file.ts'
import { openOutputFolder } from '../system/output-folder.ts'
import { siteOptions } from './options.ts'
import { openRun } from './run.ts'

const runtimeOf = (named: string | undefined): Outcome<NodeRuntime> => {
  const runtime = nodeRuntimes.find((one) => one === named)
  if (runtime !== undefined) return good(runtime)
  return bad([
    problem({
      code: 'usage/wrong',
      fault: 'usage',
      what: 'scout mirrors needs to know what runs on the nodes.',
      fix: `Say it: --for ${nodeRuntimes.join(', ')}.`,
    }),
  ])
}

export default command({
  summary:
    'Prints the configuration with which nodes get the images of every registry of the site from Harbor. No credentials stand in it, only the names of the variables that hold them.',
  arguments: [],
  options: {
    ...siteOptions,
    for: {
      value: 'RUNTIME',
      choices: nodeRuntimes,
      help: 'what runs on the nodes',
    },
    ca: {
      value: 'FILE',
      help: 'certificates (PEM) that the nodes are to believe Harbor by; copied into what is made',
    },
    auth: {
      help: 'the nodes log in: with HARBOR_USERNAME and HARBOR_PASSWORD, to be filled in there by envsubst',
    },
    insecure: {
      value: 'HOW',
      choices: insecureWays,
      help: 'skip-verify: the nodes believe any certificate; plain-http: they speak HTTP. Only for a trial',
    },
    out: {
      value: 'FOLDER',
      help: 'write the files there, in place of what was made before (default: print them)',
    },
  },
  examples: [
    ['scout mirrors --for k3s --ca harbor-ca.crt > registries.yaml', 'for /etc/rancher/k3s/registries.yaml'],
    ['scout mirrors --for containerd --ca harbor-ca.crt --out nodes', 'certs.d/ for /etc/containerd'],
    ['scout mirrors --for talos --ca harbor-ca.crt --auth', 'a patch of the machine configuration'],
  ],
  run: async ({ options }) => {
    const { step, answer, system } = openRun(options)
    const runtime = await step('read the options', async () => runtimeOf(options.for))
    const site = await step('read the site', () => readSite(system))
    const authority =
      options.ca === undefined
        ? undefined
        : await step('read the certificates', () => readInput(options.ca ?? '', 'certificate'))
    const insecure = options.insecure as Insecure | undefined
    const files = await step('make', async () =>
      mirrors({
        runtime,
        images: site.images,
        ...(authority && {
          authority: { name: options.ca ?? '', text: new TextDecoder().decode(authority) },
        }),
        auth: options.auth,
        ...(insecure && { insecure }),
      }),
    )
    const { out } = options
    if (out !== undefined) {
      const folder = openOutputFolder(out)
      await step('look at the folder', () => checkFolder(out, folder))
      await step('write', async () =>
        good(await folder.replace(new Map(files.map(({ path, text }) => [path, text])))),
      )
    }
    answer({ for: runtime, files }, describeMirrors(files, out))
    return exitCodes.done
  },
})
