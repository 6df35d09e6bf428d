import type { Values } from '../command-line/command.ts'
import { exitCodes } from '../core/problem.ts'
import { imagesToPull, leftToOperators } from '../core/registry/wanted.ts'
import { describeCache, describeLeft } from '../report/image-cache.ts'
import { rewriteEnvironments } from '../staging/pipeline.ts'
import { checkCached } from '../staging/warm/check-cached.ts'
import { openHarbor } from '../system/harbor.ts'
import type { environmentOption, siteOptions } from './options.ts'
import { endOf, openAccess } from './registry.ts'
import type { registryOptions } from './registry.ts'
import { openRun } from './run.ts'

type CheckOptions = Values<typeof siteOptions & typeof environmentOption & typeof registryOptions>

/** Tells of every image of the site whether Harbor has it stored; the exit code is 3 where it lacks one. */
export const checkImages = async (options: CheckOptions): Promise<number> => {
  const run = openRun(options)
  const { system, step, answer } = run
  const { registry, ca, credentials } = await step('open the registry', () =>
    openAccess(options, system.tell),
  )
  try {
    const asked = { environments: options.env, selection: { only: [], shard: null } }
    const sets = await rewriteEnvironments({ ...asked, mustBeLocked: true }, system, step)
    const [first] = sets
    if (first === undefined) return exitCodes.done
    const { site } = first
    const wanted = imagesToPull(sets)
    const login = credentials.loginFor(site.images.harbor, '')?.basic
    const harbor = openHarbor({
      host: site.images.harbor,
      trusted: ca,
      ...(login && { login }),
      environment: process.env,
    })
    try {
      const checked = await step('check the cache', () =>
        checkCached({ site, wanted }, { registry, harbor, tell: system.tell }),
      )
      const left = leftToOperators(sets)
      answer({ ...checked, left }, describeCache(checked) + describeLeft(left))
      const isCached = checked.images.every(({ state }) => state === 'cached')
      return endOf(run, checked.failed, isCached ? exitCodes.done : exitCodes.changes)
    } finally {
      harbor.close()
    }
  } finally {
    registry.close()
  }
}
