import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { scrubOf } from '../core/site-values/scrub.ts'
import { isStored } from '../core/site-values/planned.ts'
import type { PlannedValue } from '../core/site-values/planned.ts'
import { storeId } from '../core/site-values/store.ts'
import type { Store } from '../core/site-values/store.ts'
import type { SiteValueStatus } from '../core/site-values/status.ts'
import { stepper } from '../core/stepper.ts'
import type { Wanted } from '../core/wanted.ts'
import { fenced } from './apply/fence.ts'
import { underLock } from './apply/lock.ts'
import { observeSiteValues } from './observe/observe.ts'
import type { Known } from './observe/observe.ts'
import type { ControlPlaneSystem } from './pipeline.ts'
import { backupOf, readBackup, restored } from './site-values/backup.ts'
import { changeValues } from './site-values/change.ts'
import { withoutValues } from './site-values/forget.ts'
import { keepStore } from './site-values/keep.ts'
import { statusOfValues } from './site-values/list.ts'
import type { Request } from './site-values/settle.ts'

type Bundle = Pick<Wanted, 'manifest'>
/** Who runs this, for the lock: different for any two runs. */
interface Holder {
  holder: string
}

/** How the site values of a bundle are. Throws Refused. */
export const listSiteValues = async (
  bundle: Bundle,
  { cluster, maker, tell }: ControlPlaneSystem,
): Promise<SiteValueStatus[]> => {
  const known = await stepper(tell)('observe', () => observeSiteValues(cluster, bundle.manifest.name))
  return statusOfValues(bundle, known, maker)
}

/** Changes the store of a set under its lock: reads it, decides, writes it. */
const withStore = async <T>(
  stage: string,
  { manifest: { name } }: Bundle,
  { holder }: Holder,
  system: ControlPlaneSystem,
  decide: (known: Known) => Promise<Outcome<{ store: Store; answer: T }>>,
  observed = async (set: string): Promise<Outcome<Known>> => await observeSiteValues(system.cluster, set),
): Promise<T> => {
  const step = stepper(system.tell)
  const { discovery } = await step('observe', () => observed(name))
  return await step(stage, () =>
    underLock(system, discovery, { set: name, holder }, async (lost) => {
      const known = await observed(name)
      if (!known.ok) return known
      const next = await decide(known.value)
      if (!next.ok) return next
      const { store, answer } = next.value
      const cluster = fenced(system.cluster, lost)
      const kept = await keepStore(cluster, discovery, name, store, known.value.store?.resourceVersion)
      const secrets = Array.from(store.values.values(), ({ parts }) => Object.values(parts)).flat()
      return scrubOf(secrets).outcome(kept.ok ? good(answer, next.warnings) : kept)
    }),
  )
}

/** Makes values anew, or takes what people give, and keeps them; the next apply rolls them out. Answers with what was stored. Throws Refused. */
export const changeSiteValues = async (
  bundle: Bundle,
  request: Request,
  holder: Holder,
  system: ControlPlaneSystem,
): Promise<PlannedValue[]> =>
  await withStore('site values', bundle, holder, system, async (known) => {
    const settled = await changeValues(bundle, known, request, system)
    if (!settled.ok) return settled
    const { store, planned } = settled.value
    return good({ store, answer: planned.filter(isStored) }, settled.warnings)
  })

/** Drops values from the store that nothing uses any more. Throws Refused. */
export const forgetSiteValues = async (
  bundle: Bundle,
  ids: string[],
  holder: Holder,
  system: ControlPlaneSystem,
): Promise<void> =>
  await withStore('site values', bundle, holder, system, async (known) => {
    const store = withoutValues(bundle, known, ids)
    return store.ok ? good({ store: store.value, answer: undefined }) : store
  })

/** All values of the store as one document, in clear: to be encrypted before it goes anywhere. Throws Refused. */
export const exportSiteValues = async (
  { manifest: { name } }: Bundle,
  { cluster, tell }: ControlPlaneSystem,
): Promise<{ content: Uint8Array; ids: string[] }> =>
  await stepper(tell)('observe', async () => {
    const known = await observeSiteValues(cluster, name)
    if (!known.ok) return known
    const { store } = known.value
    if (store === undefined || store.edited.length > 0)
      return bad([
        problem({
          code: 'apply/nothing-to-export',
          fault: 'world',
          what:
            store === undefined
              ? `${name} has no site values on this cluster.`
              : `These site values were edited by hand, and a backup of them would be good for nothing: ${store.edited.join(', ')}.`,
          where: [{ in: 'object', object: storeId(name) }],
          fix: 'Look at: scout-apply site-values BUNDLE list',
        }),
      ])
    return good({ content: backupOf(store.content, name), ids: Array.from(store.content.values.keys()) })
  })

/**
 * Puts the values of a backup (decrypted; `file` names it in problems) into the store. With `replace` the backup's count where both have one,
 * and a store that cannot be read is replaced as a whole. Answers with the ids of the backup. Throws Refused.
 */
export const restoreSiteValues = async (
  bundle: Bundle,
  backup: { content: Uint8Array; file: string; replace: boolean },
  holder: Holder,
  system: ControlPlaneSystem,
): Promise<string[]> => {
  const { name } = bundle.manifest
  const content = await stepper(system.tell)('read the backup', async () =>
    readBackup(backup.content, name, backup.file),
  )
  return await withStore(
    'site values',
    bundle,
    holder,
    system,
    async (known) => {
      const store = restored(known.store, content, backup.replace)
      return store.ok ? good({ store: store.value, answer: Array.from(content.values.keys()).sort() }) : store
    },
    async (set) => await observeSiteValues(system.cluster, set, backup.replace),
  )
}
