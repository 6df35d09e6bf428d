import type { AdoptedRelease } from '../core/adoption.ts'
import { fieldManagerOf, setIdOf } from '../core/applyset.ts'
import { largestJournal } from '../core/inventory-secrets.ts'
import { idOf, keyOf } from '../core/object.ts'
import type { KubeObject } from '../core/object.ts'
import { withoutIgnored } from '../core/ownership/ignored.ts'
import { all, bad, good } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { problemOfRefusal } from '../core/refusal.ts'
import { stepper } from '../core/stepper.ts'
import type { Wanted } from '../core/wanted.ts'
import { decideRelease } from './adopt/decide.ts'
import type { ToAdopt } from './adopt/decide.ts'
import { findToAdopt } from './adopt/find.ts'
import { emptyInventory, withAdopted } from './adopt/note.ts'
import { takeObject } from './adopt/take.ts'
import { openJournal } from './apply/journal.ts'
import { fenced } from './apply/fence.ts'
import { underLock } from './apply/lock.ts'
import { stoppedBy } from './apply/run.ts'
import { readInventory } from './observe/inventory.ts'
import type { ApplyOptions, ControlPlaneSystem } from './pipeline.ts'

interface Found {
  toAdopt: ToAdopt[]
  adopted: AdoptedRelease[]
}

const find = async (
  bundle: Wanted,
  named: ReadonlyMap<string, string>,
  { cluster, tell }: ControlPlaneSystem,
) => {
  const step = stepper(tell)
  const wanted = withoutIgnored(bundle)
  const set = wanted.manifest.name
  const discovery = await step('observe', async () => {
    const reply = await cluster.discover()
    return reply.ok ? good(reply.value) : bad([problemOfRefusal(reply.refusal)])
  })
  const toAdopt = await step('read the releases of Helm', () =>
    findToAdopt(wanted, named, cluster, discovery),
  )
  const adopted = await step('decide', async () =>
    all(toAdopt.map((one) => decideRelease(one, setIdOf(set)))),
  )
  return { discovery, found: { toAdopt, adopted } satisfies Found }
}

/** What an adoption would do; nothing is written. `named`: by release of the bundle, what Helm calls it; all that Helm knows, where it is empty. Throws Refused. */
export const planAdoption = async (
  bundle: Wanted,
  named: ReadonlyMap<string, string>,
  system: ControlPlaneSystem,
): Promise<AdoptedRelease[]> => (await find(bundle, named, system)).found.adopted

/**
 * Moves releases from Helm to the set, as `planAdoption` says: the inventory knows them first, then each object changes owner. What is there goes on
 * running as it is; a run that is killed is taken up by running it again. Throws Refused.
 */
export const adoptReleases = async (
  bundle: Wanted,
  named: ReadonlyMap<string, string>,
  { holder, tooling }: Pick<ApplyOptions, 'holder' | 'tooling'>,
  system: ControlPlaneSystem,
): Promise<AdoptedRelease[]> => {
  const { name } = bundle.manifest
  const { discovery, found } = await find(bundle, named, system)
  const { toAdopt, adopted } = found
  const owner = { id: setIdOf(name), manager: fieldManagerOf(name) }
  const live = new Map(toAdopt.flatMap((one) => Array.from(one.live)))
  const manifests = new Map<string, KubeObject>(
    toAdopt.flatMap((one) =>
      (one.stored?.objects ?? []).map((object) => [keyOf(idOf(object)), object] as const),
    ),
  )
  const moving = adopted.flatMap(({ objects }) =>
    objects.filter(({ will }) => will === 'take' || will === 'remove'),
  )
  if (moving.length === 0) return adopted

  const move = async (lost: AbortSignal): Promise<Outcome<void>> => {
    const cluster = fenced(system.cluster, lost)
    const signal = system.signal ? AbortSignal.any([system.signal, lost]) : lost
    const unlessLost = (): Outcome<void> => (signal.aborted ? stoppedBy(cluster, signal) : good(undefined))
    const inventory = await readInventory(cluster, discovery, name)
    if (!inventory.ok) return inventory
    const content = withAdopted(inventory.value?.content ?? emptyInventory, adopted, live)
    const set = { name, manager: owner.manager, tooling, largest: largestJournal }
    const noted = await openJournal({ cluster, discovery, unlessLost }, set, inventory.value, content).save()
    if (!noted.ok) return noted
    const outcome = all(
      await Promise.all(
        moving.map(async ({ id }): Promise<Outcome<void>> => {
          const going = unlessLost()
          const there = live.get(keyOf(id))
          if (!going.ok || there === undefined) return going
          return await takeObject(cluster, discovery, there, manifests.get(keyOf(id)), owner)
        }),
      ),
    )
    return outcome.ok ? good(undefined) : outcome
  }
  await stepper(system.tell)('adopt', () => underLock(system, discovery, { set: name, holder }, move))
  return adopted
}
