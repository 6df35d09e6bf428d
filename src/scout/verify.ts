import { command, commonOptions } from '../command-line/command.ts'
import { verify } from '../control-plane/verify/verify.ts'
import { exitCodes } from '../core/problem.ts'
import { describeVerified } from '../report/verified.ts'
import { clock } from '../system/clock.ts'
import { readInput } from '../system/input-file.ts'
import { loadTrust } from '../system/trust-file.ts'
import { openRun } from './run.ts'

export default command({
  summary:
    'Checks a bundle as the control plane will: container, signatures, every member, cluster and validity.',
  arguments: [{ name: 'BUNDLE', help: 'the .tgz file' }],
  options: { ...commonOptions, trust: { value: 'FILE', help: 'the trust file of the control plane' } },
  examples: [['scout verify dist/sample-production-1.0.0.tgz --trust trust.yaml', 'before it is shipped']],
  run: async ({ arguments: [file = ''], options }) => {
    const { step, answer } = openRun({ ...options, site: undefined })
    const bytes = await step('read the bundle', () => readInput(file, 'bundle'))
    const trustFile = options.trust
    const trust =
      trustFile === undefined ? undefined : await step('read the trust file', () => loadTrust(trustFile))
    const verified = await step('verify', async () => verify({ bytes, name: file, trust, now: clock.now() }))
    const { manifest, digest, signedBy } = verified
    answer({ digest, signedBy, manifest }, describeVerified(file, verified, { signaturesChecked: true }))
    return exitCodes.done
  },
})
