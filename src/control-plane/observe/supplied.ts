import type { BundleManifest } from '../../core/bundle/format.ts'
import { serviceOf } from '../../core/discovery.ts'
import type { Cluster, Discovery } from '../../core/effects/cluster.ts'
import { isObject } from '../../core/json.ts'
import type { ObjectId } from '../../core/object.ts'
import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import type { SuppliedSecret } from '../../core/records.ts'
import { problemOfRefusal } from '../../core/refusal.ts'

const idOfSupplied = ({ namespace, name }: SuppliedSecret): ObjectId => ({
  group: '',
  kind: 'Secret',
  namespace,
  name,
})

/** Values go through files: what is written on a command line is in the history and in the list of processes. */
const fromFiles = (keys: string[]): string => keys.map((key) => `--from-file=${key}=FILE`).join(' ')

const missing = (release: string, supplied: SuppliedSecret): Problem => ({
  ...problem({
    code: 'apply/supplied-missing',
    fault: 'world',
    what: `Release ${release} needs the Secret ${supplied.namespace}/${supplied.name}, which is made on the cluster by hand, and it is not there.`,
    where: [{ in: 'object', object: idOfSupplied(supplied), release }],
    why: 'It is not in git or in the bundle, so nobody else can make it.',
    fix: `kubectl create namespace ${supplied.namespace} (if it is not there), then: kubectl create secret generic ${supplied.name} -n ${supplied.namespace} ${fromFiles(supplied.keys)}`,
  }),
})

const incomplete = (release: string, supplied: SuppliedSecret, keys: string[]): Problem =>
  problem({
    code: 'apply/supplied-incomplete',
    fault: 'world',
    what: `The Secret ${supplied.namespace}/${supplied.name} lacks what release ${release} needs: ${keys.join(', ')}.`,
    where: [{ in: 'object', object: idOfSupplied(supplied), release }],
    fix: `kubectl create secret generic ${supplied.name} -n ${supplied.namespace} ${fromFiles(supplied.keys)} --dry-run=client -o yaml | kubectl apply -f -`,
  })

/** What the Secrets lack that people make on the cluster, all of it; [] where they are there with all their keys. */
export const unsuppliedOf = async (
  cluster: Cluster,
  discovery: Discovery,
  manifest: BundleManifest,
): Promise<Problem[]> => {
  const service = serviceOf(discovery, 'v1', 'Secret')
  if (service.served !== 'yes') throw new Error('the API server serves no Secrets')
  const { kind } = service
  const check = async (release: string, supplied: SuppliedSecret): Promise<Problem[]> => {
    const reply = await cluster.get({ kind, namespace: supplied.namespace, name: supplied.name })
    if (!reply.ok) return [problemOfRefusal(reply.refusal, idOfSupplied(supplied))]
    if (reply.value === undefined) return [missing(release, supplied)]
    const data = isObject(reply.value['data']) ? reply.value['data'] : {}
    const lacking = supplied.keys.filter((key) => !Object.hasOwn(data, key))
    return lacking.length === 0 ? [] : [incomplete(release, supplied, lacking)]
  }
  const found = await Promise.all(
    manifest.releases.flatMap((release) => release.supplied.map((one) => check(release.name, one))),
  )
  return found.flat()
}
