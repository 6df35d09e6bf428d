import { good } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import type { Sealing } from '../staging/render/read-release.ts'
import { clock } from '../system/clock.ts'
import { isKeyAtHand } from '../system/key-at-hand.ts'

/** The key to what is sealed, read once and only when it is asked for: that of the file that is named, else that of the environment, if any. */
export const sealingWith = (identity: string | undefined): (() => Promise<Outcome<Sealing | undefined>>) => {
  const read = async (): Promise<Outcome<Sealing | undefined>> => {
    if (identity === undefined && !isKeyAtHand(process.env)) return good(undefined)
    const { openSealer } = await import('../system/sealer.ts')
    const sealer = await openSealer({
      ...(identity !== undefined && { identityFile: identity }),
      environment: process.env,
      clock,
    })
    return sealer.ok
      ? good({ sealer: sealer.value, insisted: identity !== undefined }, sealer.warnings)
      : sealer
  }
  let once: ReturnType<typeof read> | undefined
  return () => (once ??= read())
}
