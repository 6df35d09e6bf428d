import { join } from 'node:path'
import type { Values } from '../command-line/command.ts'
import { bad, exitCodes, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { imagesToLock } from '../core/registry/wanted.ts'
import type { Source } from '../core/registry/wanted.ts'
import { describeCheckedLock, describeLockedImages } from '../report/image-lock.ts'
import { checkLock } from '../staging/pin/check-lock.ts'
import { lockImages as lock } from '../staging/pin/lock-images.ts'
import { withLockedImages } from '../staging/pin/lock-text.ts'
import { rewriteEnvironments } from '../staging/pipeline.ts'
import { replaceFile } from '../system/output-file.ts'
import type { siteOptions } from './options.ts'
import { endOf, openAccess } from './registry.ts'
import type { registryOptions } from './registry.ts'
import { openRun } from './run.ts'

export const imageLockOptions = {
  update: {
    value: 'IMAGE',
    many: true,
    help: 'lock: ask again what the tag of this image names (all: of all of them)',
  },
  check: {
    help: 'lock: write nothing, and tell which tags have moved; the exit code is 3 where the lock is not as it should be',
  },
  from: {
    value: 'SOURCE',
    choices: ['harbor', 'registry'],
    help: "lock: harbor asks through Harbor's projects (default), registry the images' own registries",
  },
} as const

type LockOptions = Values<typeof siteOptions & typeof registryOptions & typeof imageLockOptions>

const checkOptions = ({ update, check }: LockOptions): Outcome<void> =>
  check && update.length > 0
    ? bad([
        problem({
          code: 'usage/wrong',
          fault: 'usage',
          what: '--check writes nothing, and --update does.',
          fix: 'Give one of them.',
        }),
      ])
    : good(undefined)

/**
 * Writes into releases/lock.yaml what the tags of all images name, or tells how the lock stands to what they name now. What could be resolved is written
 * also where other images could not.
 */
export const lockImages = async (options: LockOptions): Promise<number> => {
  const run = openRun(options)
  const { system, step, answer } = run
  await step('read the options', async () => checkOptions(options))
  const { registry } = await step('open the registry', () => openAccess(options, system.tell))
  try {
    const everything = { environments: [], selection: { only: [], shard: null }, mustBeLocked: false }
    const sets = await rewriteEnvironments(everything, system, step)
    const [first] = sets
    if (first === undefined) return exitCodes.done
    const wanted = imagesToLock(sets)
    const source: Source = options.from === 'registry' ? 'registry' : 'harbor'
    const input = { site: first.site, lock: first.lock, wanted, source }
    const effects = { registry, tell: system.tell }
    if (options.check) {
      const checked = await step('check the lock', () => checkLock(input, effects))
      answer(checked, describeCheckedLock(checked))
      const differs = checked.moved.length + checked.unlocked.length + checked.unused.length > 0
      return endOf(run, checked.failed, differs ? exitCodes.changes : exitCodes.done)
    }
    const locked = await step('lock images', () => lock({ ...input, update: options.update }, effects))
    const { file } = first.lock
    await step(`write ${file}`, async () => {
      const text = (await system.files.readText(file)) ?? ''
      const changed = locked.added.length + locked.changed.length + locked.dropped.length > 0
      if (changed) await replaceFile(join(options.site ?? '.', file), withLockedImages(text, locked.images))
      return good(undefined)
    })
    answer(locked, describeLockedImages(locked, { file, pins: first.site.images.pin === true }))
    return endOf(run, locked.failed, exitCodes.done)
  } finally {
    registry.close()
  }
}
