import type { Sealer } from '../core/effects/sealer.ts'
import type { Step } from '../core/stepper.ts'
import { clock } from '../system/clock.ts'

/** Opens what was sealed, with the identities of a file or of the environment. Loaded when it is needed: age alone is a tenth of the start. */
export const readIdentities = async (step: Step, identityFile: string | undefined): Promise<Sealer> =>
  await step('read identities', async () => {
    const { openSealer } = await import('../system/sealer.ts')
    return await openSealer({
      ...(identityFile !== undefined && { identityFile }),
      environment: process.env,
      clock,
    })
  })
