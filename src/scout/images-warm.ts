import type { Values } from '../command-line/command.ts'
import { exitCodes } from '../core/problem.ts'
import { imagesToPull, leftToOperators } from '../core/registry/wanted.ts'
import { describeLeft, describeWarmed } from '../report/image-cache.ts'
import { rewriteEnvironments } from '../staging/pipeline.ts'
import { warm } from '../staging/warm/warm.ts'
import { openWarmState } from '../system/warm-state.ts'
import type { environmentOption, siteOptions } from './options.ts'
import { endOf, openAccess } from './registry.ts'
import type { registryOptions } from './registry.ts'
import { openRun } from './run.ts'

type WarmOptions = Values<typeof siteOptions & typeof environmentOption & typeof registryOptions>

/** Reads every image of the site through Harbor, so that its proxy projects keep them. */
export const warmImages = async (options: WarmOptions): Promise<number> => {
  const run = openRun(options)
  const { system, step, answer } = run
  const { registry } = await step('open the registry', () => openAccess(options, system.tell))
  try {
    const asked = { environments: options.env, selection: { only: [], shard: null } }
    const sets = await rewriteEnvironments({ ...asked, mustBeLocked: true }, system, step)
    const [first] = sets
    if (first === undefined) return exitCodes.done
    const wanted = imagesToPull(sets)
    const warmed = await step('warm', () =>
      warm(
        { site: first.site, wanted },
        { registry, state: openWarmState(options.site ?? '.'), tell: system.tell },
      ),
    )
    const left = leftToOperators(sets)
    answer({ ...warmed, left }, describeWarmed(warmed, wanted.length) + describeLeft(left))
    return endOf(run, warmed.failed, exitCodes.done)
  } finally {
    registry.close()
  }
}
