import schema from '../../../schemas/snapshot.schema.json' with { type: 'json' }
import { shapeOf } from '../../core/bundle/shape.ts'
import type { SnapshotFile } from '../../core/declared.generated.ts'
import { isObject, jsonOf } from '../../core/json.ts'
import type { Json } from '../../core/json.ts'
import { jsonFlaw } from '../../core/json-flaw.ts'
import { idOf, keyOf, nameOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { bad, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import { snapshotFormat } from '../../core/snapshot.ts'
import type { Snapshot } from '../../core/snapshot.ts'
import { utf8Text } from '../../core/utf-8.ts'

/** Which file is read, and what it has to be a snapshot of. */
interface Expected {
  /** The path from the site's root. */
  file: string
  environment: string
  /** The identity of the environment's cluster. */
  cluster: string
  /** The Kubernetes that the site renders for: `1.36`. */
  kubernetes: string
}

/** Some hundred CRDs come to 30 MB. */
const mostBytes = 64 * 1024 * 1024
/** A file with more misfits than that is another kind of file. */
const mostMisfits = 20

const misfitsOf = shapeOf(schema)

const anew = 'Take it anew on the control plane: `scout-apply capabilities --out FILE`.'

const refuser =
  (file: string) =>
  (slug: string, what: string, fix = anew, more: { why?: string; line?: number } = {}): Problem => {
    const { why, line } = more
    return problem({
      code: `declare/${slug}`,
      what,
      where: [{ in: 'file', file, ...(line !== undefined && { line }) }],
      ...(why !== undefined && { why }),
      fix,
    })
  }
type Refuse = ReturnType<typeof refuser>

const flawsOf = (file: string, text: string, refuse: Refuse): Problem[] => {
  const found = jsonFlaw(text)
  if (found === undefined) return []
  const what =
    found.flaw === 'too-deep'
      ? `${file} is nested too deep`
      : `${file}: the key ${JSON.stringify(found.key)} stands twice in one map`
  return [refuse('bad-snapshot', `${what}.`, anew, { line: found.line })]
}

/** Whether the value is a snapshot at all, and one of a format that this program reads. */
const formatOf = (file: string, value: Json, refuse: Refuse): Problem[] => {
  const isSnapshot = isObject(value) && 'format' in value && 'discovery' in value
  if (!isSnapshot) return [refuse('bad-snapshot', `${file} is no snapshot of a cluster.`)]
  return value['format'] === snapshotFormat
    ? []
    : [
        refuse(
          'snapshot-format',
          `${file} is a snapshot of another format than ${snapshotFormat}, the one that this scout reads.`,
          'Use scout and scout-apply of one version, and take it anew.',
        ),
      ]
}

const shapeProblems = (file: string, value: Json, refuse: Refuse): Problem[] => {
  const misfits = misfitsOf(value)
  const left = misfits.length - mostMisfits
  return [
    ...misfits
      .slice(0, mostMisfits)
      .map(({ pointer, message }) =>
        refuse('bad-snapshot', `${file}: ${pointer === '' ? 'it' : pointer} ${message}.`),
      ),
    ...(left > 0 ? [refuse('bad-snapshot', `${file}: so are ${left} places more.`)] : []),
  ]
}

const objectProblems = (file: string, objects: KubeObject[], refuse: Refuse): Problem[] => {
  const seen = new Set<string>()
  return objects.flatMap((object) => {
    const id = idOf(object)
    const twice = seen.has(keyOf(id))
    seen.add(keyOf(id))
    return [
      ...(twice ? [refuse('bad-snapshot', `${file}: ${nameOf(id)} is in it twice.`)] : []),
      ...(id.group === '' && id.kind === 'Secret'
        ? [
            refuse(
              'snapshot-secret',
              `${file} holds ${nameOf(id)}.`,
              `Take it out, take it out of git's history, and change what was in it.`,
              { why: 'Its values would be in git, and in what is rendered.' },
            ),
          ]
        : []),
    ]
  })
}

const minorOf = (version: string): string => /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version

const mismatches = ({ cluster, kubernetes }: SnapshotFile, expected: Expected, refuse: Refuse): Problem[] => {
  const { file, environment } = expected
  return [
    ...(cluster === expected.cluster
      ? []
      : [
          refuse(
            'snapshot-of-another-cluster',
            `${file} is a snapshot of the cluster ${cluster}, and ${environment} is ${expected.cluster}.`,
            `Name the snapshot of ${expected.cluster} in environments.${environment}.snapshot, or correct environments.${environment}.cluster.`,
            { why: 'What would be rendered fits another cluster.' },
          ),
        ]),
    ...(minorOf(kubernetes) === expected.kubernetes
      ? []
      : [
          refuse(
            'snapshot-of-another-kubernetes',
            `${file} was taken from Kubernetes ${kubernetes}, and the site is for ${expected.kubernetes}.`,
            `Correct target.kubernetes in releases/site.yaml, or take the snapshot anew where the cluster was upgraded.`,
          ),
        ]),
  ]
}

/**
 * Reads the snapshot of an environment's cluster, as `scout-apply capabilities` wrote it (schemas/snapshot.schema.json; other white space
 * is fine). Refuses what is no whole snapshot, one of another cluster or Kubernetes minor version, and one that holds a Secret.
 */
export const readSnapshot = (bytes: Uint8Array, expected: Expected): Outcome<Snapshot> => {
  const { file } = expected
  const refuse = refuser(file)
  const refused = (...found: Problem[]): Outcome<never> => bad(found as Problems)
  if (bytes.length > mostBytes)
    return refused(refuse('too-large', `${file} has ${bytes.length} bytes; at most ${mostBytes} are read.`))
  const value = jsonOf(bytes)
  if (value === undefined)
    return refused(refuse('bad-snapshot', `${file} is no JSON; it may have been cut off, or edited.`))
  for (const judge of [
    () => flawsOf(file, utf8Text(bytes) ?? '', refuse),
    () => formatOf(file, value, refuse),
    () => shapeProblems(file, value, refuse),
  ]) {
    const found = judge()
    if (found.length > 0) return refused(...found)
  }
  const content = value as unknown as SnapshotFile
  const objects = content.objects as KubeObject[]
  const found = [...mismatches(content, expected, refuse), ...objectProblems(file, objects, refuse)]
  return unless(found, () => ({
    file,
    cluster: content.cluster,
    clusterId: content.clusterId,
    discovered: { kubernetes: content.kubernetes, ...content.discovery },
    objects,
  }))
}
