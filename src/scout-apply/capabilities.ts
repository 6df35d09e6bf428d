import { command } from '../command-line/command.ts'
import { snapshot } from '../control-plane/snapshot/snapshot.ts'
import { exitCodes, good } from '../core/problem.ts'
import { printSnapshot } from '../core/snapshot.ts'
import { counted } from '../report/count.ts'
import { shownJson } from '../report/json-text.ts'
import { writeOutput } from '../system/output-file.ts'
import { controlPlaneOptions, openRun } from './run.ts'

export default command({
  summary:
    'Prints what the cluster serves and which CRDs, classes and namespaces are there, as a snapshot to render with on the staging node. No Secret is read.',
  arguments: [],
  options: {
    ...controlPlaneOptions,
    out: { value: 'FILE', help: 'the file to write (default: standard output)' },
    include: {
      value: 'KIND',
      many: true,
      help: 'also take all objects of this kind, for charts that look them up: ConfigMap, Issuer.cert-manager.io',
    },
    without: {
      value: 'GROUP',
      many: true,
      help: 'leave out this API group, such as one whose server is down: charts are told that there is none',
    },
  },
  examples: [
    [
      'scout-apply capabilities --out production.snapshot.json',
      'a file to put beside releases/site.yaml and to name in environments.production.snapshot',
    ],
    [
      'scout-apply capabilities --include ConfigMap | less',
      'with all ConfigMaps; see what leaves the cluster',
    ],
  ],
  run: async ({ options }) => {
    const { step, terminal, answer, readTrust, withCluster } = openRun(options)
    const trust = await readTrust()
    const { include, without, out } = options
    const taken = await withCluster((cluster) =>
      step('read the cluster', () => snapshot({ cluster: trust.cluster, include, without }, { cluster })),
    )
    const text = shownJson(printSnapshot(taken))
    if (out === undefined) {
      terminal.out.write(text)
      return exitCodes.done
    }
    await step('write the snapshot', async () => good(await writeOutput(out, text)))
    const { cluster, kubernetes, discovery, objects } = taken
    answer(
      { file: out, cluster, kubernetes, resources: discovery.resources.length, objects: objects.length },
      `${out}: ${cluster}, Kubernetes ${kubernetes}, ${counted(discovery.resources.length, 'resource')}, ${counted(objects.length, 'object')}\n`,
    )
    return exitCodes.done
  },
})
