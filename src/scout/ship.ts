import { basename } from 'node:path'
import { command, commonOptions } from '../command-line/command.ts'
import { exitCodes } from '../core/problem.ts'
import { ship } from '../staging/ship/ship.ts'
import { openDrop } from '../system/drop.ts'
import { readInput } from '../system/input-file.ts'
import { openSftp } from '../system/sftp.ts'
import { openRun } from './run.ts'

export default command({
  summary:
    'Brings a bundle to a folder (a mounted medium) or to an SFTP server: written beside, read back, and only then given its name.',
  arguments: [{ name: 'BUNDLE', help: 'the .tgz file' }],
  options: {
    ...commonOptions,
    to: { value: 'PLACE', help: 'a folder that exists, or sftp://USER@HOST:PORT/FOLDER' },
    'known-hosts': { value: 'FILE', help: "the known_hosts file to believe (default: the user's own)" },
    identity: { value: 'FILE', help: 'the ssh key to log in with (default: what the agent and ssh offer)' },
  },
  examples: [
    ['scout ship dist/sample-production-1.0.0.tgz --to /media/usb', 'to a USB medium'],
    [
      'scout ship dist/sample-production-1.0.0.tgz --to sftp://drop@bastion.example/bundles',
      'over ssh; the host key must be known',
    ],
  ],
  run: async ({ arguments: [file = ''], options }) => {
    const { step, answer } = openRun({ ...options, site: undefined })
    const bytes = await step('read the bundle', () => readInput(file, 'bundle'))
    const shipped = await step('ship', () =>
      ship(
        { bytes, name: basename(file), to: options.to ?? '' },
        {
          openFolder: openDrop,
          openSftp: (address) =>
            openSftp(address, {
              ...(options['known-hosts'] !== undefined && { knownHosts: options['known-hosts'] }),
              ...(options.identity !== undefined && { identity: options.identity }),
            }),
        },
      ),
    )
    answer(
      shipped,
      `${shipped.place}\n  ${shipped.digest}\n${shipped.written ? '' : '  it was there already\n'}`,
    )
    return exitCodes.done
  },
})
