import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ExecutionContext } from 'ava'
import { usualLimits } from '../../src/control-plane/history/keep.ts'
import type { Limits } from '../../src/control-plane/history/keep.ts'
import type { Keeping } from '../../src/control-plane/lifecycle.ts'
import { findRemoval, findRollback, historyOfSet } from '../../src/control-plane/lifecycle-pipeline.ts'
import { applyBundle, planBundle } from '../../src/control-plane/pipeline.ts'
import type { ApplyOptions } from '../../src/control-plane/pipeline.ts'
import { verify } from '../../src/control-plane/verify/verify.ts'
import type { VerifiedBundle } from '../../src/core/bundle/verified.ts'
import type { Cluster } from '../../src/core/effects/cluster.ts'
import type { Shelf } from '../../src/core/effects/shelf.ts'
import type { KubeObject } from '../../src/core/object.ts'
import type { GuardedKind, Plan } from '../../src/core/plan.ts'
import { Refused } from '../../src/core/problem.ts'
import type { Problem } from '../../src/core/problem.ts'
import { clock } from '../../src/system/clock.ts'
import { maker } from '../../src/system/maker.ts'
import { testKey, trusting } from '../core/bundle/trusted.ts'
import type { TestKey } from '../core/bundle/trusted.ts'
import { bundleFile } from './bundle-file.ts'
import { bundleOf, freshSet, job, open } from './set.ts'
import type { Sketch } from './set.ts'

/** A bundle as it comes: its file, and what was verified of it. */
export interface Brought {
  file: string
  bytes: Uint8Array
  bundle: VerifiedBundle
  /** The same bundle, with the signature of somebody who has called his key like ours. */
  resigned(): Promise<Uint8Array>
}

interface Asked {
  only?: string[]
  prune?: GuardedKind[]
  shelf?: Shelf
  limits?: Partial<Limits>
  given?: VerifiedBundle
  through?: Cluster
  signal?: AbortSignal
  downgrade?: boolean
}

interface Came {
  plan?: Plan
  problems?: Problem[]
  warnings: Problem[]
}

/** A set of one's own whose bundles are signed files, and all that one does with them, remembered on the cluster. */
export const rememberedSet = async (t: ExecutionContext, purpose: string) => {
  const { cluster, namespace, request, controlPlane } = await freshSet(purpose)
  const set = `${namespace}-test`
  const folder = await mkdtemp(path.join(tmpdir(), 'scout-history-'))
  t.teardown(async () => await rm(folder, { recursive: true }))
  const signer = testKey('alice')
  const trust = trusting([signer], { cluster: 'test' })
  const reverify: Keeping['reverify'] = (bytes, name) => verify({ bytes, name, trust, now: clock.now() })

  const bring = async (sequence: number, sketches: Sketch[]): Promise<Brought> => {
    const wanted = bundleOf(set, sequence, sketches)
    const named = { ...wanted, manifest: { ...wanted.manifest, site: namespace } }
    const write = async (by: TestKey): Promise<string> =>
      (await bundleFile(folder, named, { signer: by, name: `${sequence}-${randomUUID()}.tgz` })).bundle
    const file = await write(signer)
    const bytes = await readFile(file)
    const bundle = reverify(bytes, file)
    if (!bundle.ok) throw new Refused(bundle.problems)
    const resigned = async () => await readFile(await write(testKey('alice')))
    return { file, bytes, bundle: bundle.value, resigned }
  }

  const keepingOf = ({ shelf, limits, given }: Asked, bytes?: Uint8Array): Keeping => ({
    limits: { ...usualLimits, ...limits },
    reverify,
    ...(shelf && { shelf }),
    ...(bytes && { bytes }),
    ...(given && { given: [given] }),
  })
  const outcome = async (
    asked: Asked,
    run: (system: Parameters<typeof applyBundle>[2]) => Promise<Plan>,
  ): Promise<Came> => {
    const warnings: Problem[] = []
    try {
      const plan = await run({
        cluster: asked.through ?? cluster,
        clock,
        maker,
        tell: (told) => {
          if (told.tell === 'warning') warnings.push(told.problem)
        },
        ...(asked.signal && { signal: asked.signal }),
      })
      return { plan, warnings }
    } catch (error) {
      if (error instanceof Refused) return { problems: error.problems, warnings }
      throw error
    }
  }
  const options = (asked: Asked, more: Partial<ApplyOptions>, downgrade = false): ApplyOptions => ({
    consent: { prune: new Set(asked.prune), downgrade: asked.downgrade ?? downgrade, empty: false },
    holder: `test-${randomUUID()}`,
    tooling: 'scout-apply/0.1.0',
    only: asked.only ?? [],
    ...more,
  })

  const apply = async ({ bundle, bytes }: Brought, asked: Asked = {}) =>
    await outcome(
      asked,
      async (system) =>
        await applyBundle(bundle, options(asked, { keeping: keepingOf(asked, bytes) }), system),
    )
  const rollBack = async (revision: number | undefined, asked: Asked & { dryRun?: boolean } = {}) =>
    await outcome(asked, async (system) => {
      const keeping = keepingOf(asked)
      const { bundle, rollback } = await findRollback(
        { set, revision, only: asked.only ?? [], given: asked.given, keeping },
        system,
      )
      const how = options(asked, { keeping, rollback }, true)
      return asked.dryRun ? await planBundle(bundle, how, system) : await applyBundle(bundle, how, system)
    })
  const remove = async (releases: string[], asked: Asked & { hooks?: boolean; dryRun?: boolean } = {}) =>
    await outcome(asked, async (system) => {
      const keeping = keepingOf(asked)
      const wanted = await findRemoval({ set, releases, keeping }, system)
      const how = options(asked, { keeping, removal: { hooks: asked.hooks ?? true } })
      return asked.dryRun ? await planBundle(wanted, how, system) : await applyBundle(wanted, how, system)
    })
  const history = async () => await historyOfSet(set, { cluster, tell: () => {} })

  const secrets = '/api/v1/namespaces/scout-system/secrets'
  /** The Secrets of this set's history, by name. */
  const stored = async (): Promise<KubeObject[]> => {
    const list = await request('GET', secrets)
    return list.body.items.filter((one: KubeObject) => one.metadata.name.startsWith(`scout.history.${set}.`))
  }
  /** The names of what is there of a kind in the namespace. */
  const names = async (path: string): Promise<string[]> => {
    const list = await request('GET', `${path}?limit=500`)
    return list.body.items
      .map((one: KubeObject) => one.metadata.name)
      .filter((name: string) => name !== 'kube-root-ca.crt')
      .sort()
  }
  const configMaps = async () => await names(`/api/v1/namespaces/${namespace}/configmaps`)
  const jobs = async () => await names(`/apis/batch/v1/namespaces/${namespace}/jobs`)

  return {
    cluster,
    namespace,
    request,
    controlPlane,
    set,
    folder,
    secrets,
    open,
    keepingOf,
    bring,
    apply,
    rollBack,
    remove,
    history,
    stored,
    configMaps,
    jobs,
  }
}

/** A Job that is a hook. */
export const hookJob = (
  name: string,
  hook: string,
  more: { [annotation: string]: string } = {},
  fate?: string,
) => job(name, { annotations: { 'helm.sh/hook': hook, ...more }, ...(fate !== undefined && { fate }) })
