import { stringify } from 'yaml'
import { command, commonOptions } from '../command-line/command.ts'
import { all, bad, exitCodes, good, problem } from '../core/problem.ts'
import { keyNameOf, generateKey } from '../system/signer.ts'
import { readInput } from '../system/input-file.ts'
import { askPassphrase, passphraseOptions } from './key-options.ts'
import { openRun } from './run.ts'

const usage = (what: string, fix: string) =>
  bad([problem({ code: 'usage/wrong', fault: 'usage', what, fix })])

export default command({
  summary: 'Makes signing keys, and the trust file that tells a control plane whose signatures count.',
  arguments: [
    {
      name: 'VERB',
      help: 'generate makes a key pair; trust prints a trust file for public keys',
      choices: ['generate', 'trust'],
    },
    { name: 'FILE', help: 'generate: NAME.key to write; trust: the .pub files', many: true },
  ],
  options: {
    ...commonOptions,
    ...passphraseOptions,
    algorithm: { value: 'NAME', choices: ['ed25519', 'p256'], help: 'generate: ed25519 (default) or p256' },
    'no-passphrase': { help: 'generate: leave the private key unencrypted' },
    cluster: { value: 'NAME', help: 'trust: the identity of the cluster, as site.yaml names it' },
    threshold: { value: 'NUMBER', help: 'trust: how many of the keys must have signed (default: 1)' },
  },
  examples: [
    ['scout keys generate staging.key', 'staging.key (encrypted, asks for a passphrase) and staging.pub'],
    ['scout keys generate ci.key --passphrase-file /run/secrets/ci', 'the passphrase from a file'],
    [
      'scout keys trust staging.pub --cluster sample-production > trust.yaml',
      'what the control plane believes',
    ],
    [
      'scout keys trust a.pub b.pub c.pub --threshold 2 --cluster sample-production > trust.yaml',
      'two of three',
    ],
  ],
  run: async ({ arguments: [verb, ...files], options }) => {
    const { step, answer, terminal } = openRun({ ...options, site: undefined })
    if (verb === 'generate') {
      const [file = ''] = files
      const passphrase = await step('ask for the passphrase', async () => {
        if (files.length > 1) return usage('scout keys generate makes one key at a time.', 'name one file.')
        if (options['no-passphrase']) return good(undefined)
        const asked = await askPassphrase(options)(file)
        return asked === undefined || asked === ''
          ? usage(
              `No passphrase for ${file} is to be had.`,
              'Set SCOUT_PASSPHRASE, give --passphrase-file, or say --no-passphrase.',
            )
          : good(asked)
      })
      const made = await step('generate', () =>
        generateKey(file, {
          algorithm: options.algorithm === 'p256' ? 'p256' : 'ed25519',
          ...(passphrase !== undefined && { passphrase }),
        }),
      )
      answer(
        { name: made.name, privateKey: file, publicKey: made.publicFile },
        `${file}: the private key; it stays on the staging node\n${made.publicFile}: the public key, for \`scout keys trust ${made.publicFile}\`\n`,
      )
      return exitCodes.done
    }
    const keys = await step('read the public keys', async () => {
      const read = []
      for (const file of files) {
        const content = await readInput(file, 'public key')
        read.push(
          content.ok
            ? good({
                name: keyNameOf(file).replace(/\.pub$/, ''),
                publicKey: new TextDecoder().decode(content.value),
              })
            : content,
        )
      }
      return all(read)
    })
    const cluster = await step('name the cluster', async () =>
      options.cluster === undefined
        ? usage('A trust file names its cluster.', 'Give --cluster NAME, as releases/site.yaml has it.')
        : good(options.cluster),
    )
    const threshold = Number(options.threshold ?? '1')
    terminal.out.write(stringify({ cluster, threshold, keys }))
    return exitCodes.done
  },
})
