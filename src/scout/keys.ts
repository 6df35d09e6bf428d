import { stringify } from 'yaml'
import { command, commonOptions } from '../command-line/command.ts'
import { readPublicKey } from '../core/bundle/key.ts'
import type { KeyFault } from '../core/bundle/key.ts'
import { all, bad, exitCodes, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { readTrust } from '../core/trust.ts'
import { keyNameOf, generateKey } from '../system/signer.ts'
import { readInput } from '../system/input-file.ts'
import { askPassphrase, passphraseOptions } from './key-options.ts'
import { openRun } from './run.ts'

const usage = (what: string, fix: string) =>
  bad([problem({ code: 'usage/wrong', fault: 'usage', what, fix })])

const thresholdOf = (text: string, keys: number): Outcome<number> => {
  const threshold = Number(text)
  if (!/^[1-9]\d*$/.test(text))
    return usage(`--threshold cannot be "${text}".`, 'Give a whole number from 1 on.')
  return threshold <= keys
    ? good(threshold)
    : usage(
        `--threshold is ${text}, and there ${keys === 1 ? 'is 1 key' : `are ${keys} keys`}.`,
        'Lower it or name more keys: no bundle could ever be accepted.',
      )
}

const keyFaults: Record<KeyFault, { what: string; fix: string }> = {
  private: { what: 'is a private key.', fix: 'Name its public half, the .pub file beside it.' },
  unreadable: { what: 'holds no public key.', fix: 'Name a .pub file that `scout keys generate` wrote.' },
  'other-kind': {
    what: 'is neither Ed25519 nor ECDSA P-256.',
    fix: 'Make a key with `scout keys generate`.',
  },
}

/** A public key as a trust file holds it. What is none is refused, above all a private one: it would be copied to every cluster. */
const trustedKey = async (file: string): Promise<Outcome<{ name: string; publicKey: string }>> => {
  const content = await readInput(file, 'public key')
  if (!content.ok) return content
  const publicKey = new TextDecoder().decode(content.value)
  const key = readPublicKey(publicKey)
  if (typeof key !== 'string') return good({ name: keyNameOf(file).replace(/\.pub$/, ''), publicKey })
  const { what, fix } = keyFaults[key]
  return bad([
    problem({
      code: 'keys/no-public-key',
      what: `${file} ${what}`,
      where: [{ in: 'file', file }],
      fix,
    }),
  ])
}

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
    'cluster-id': {
      value: 'UID',
      help: 'trust: what `kubectl get ns kube-system -o jsonpath={.metadata.uid}` says there; a kubeconfig that leads elsewhere is then refused',
    },
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
    const { step, answer } = openRun({ ...options, site: undefined })
    if (verb === 'generate') {
      const [file = ''] = files
      const passphrase = await step('ask for the passphrase', async () => {
        if (files.length > 1) return usage('scout keys generate makes one key at a time.', 'name one file.')
        if (options['no-passphrase']) return good(undefined)
        const asked = await askPassphrase(options, { twice: true })(file)
        return asked === undefined || asked === ''
          ? usage(
              `No passphrase for ${file} is to be had.`,
              'Give --passphrase-file FILE, set SCOUT_PASSPHRASE, or say --no-passphrase.',
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
    const cluster = await step('name the cluster', async () =>
      options.cluster === undefined
        ? usage('A trust file names its cluster.', 'Give --cluster NAME, as releases/site.yaml has it.')
        : good(options.cluster),
    )
    const threshold = await step('read the threshold', async () =>
      thresholdOf(options.threshold ?? '1', files.length),
    )
    const keys = await step('read the public keys', async () => all(await Promise.all(files.map(trustedKey))))
    const clusterId = options['cluster-id']
    const trust = { cluster, ...(clusterId !== undefined && { clusterId }), threshold, keys }
    const text = stringify(trust)
    await step('check the trust file', async () =>
      readTrust(new TextEncoder().encode(text), 'the trust file'),
    )
    answer(trust, text)
    return exitCodes.done
  },
})
