import { hostname } from 'node:os'
import { command } from '../command-line/command.ts'
import type { ControlPlaneSystem } from '../control-plane/pipeline.ts'
import {
  changeSiteValues,
  exportSiteValues,
  forgetSiteValues,
  listSiteValues,
  restoreSiteValues,
} from '../control-plane/site-values-pipeline.ts'
import { verify } from '../control-plane/verify/verify.ts'
import type { VerifiedBundle } from '../core/bundle/verified.ts'
import { bad, exitCodes, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { givenText } from '../core/site-values/given.ts'
import type { PlannedValue } from '../core/site-values/planned.ts'
import { counted } from '../report/count.ts'
import { paintIn } from '../report/paint.ts'
import { describeSiteValues } from '../report/site-values.ts'
import { clock } from '../system/clock.ts'
import { readGiven } from '../system/given-value.ts'
import { readInput } from '../system/input-file.ts'
import { maker } from '../system/maker.ts'
import { writePrivate } from '../system/private-file.ts'
import { interruption } from '../system/process.ts'
import { readIdentities } from './identities.ts'
import { controlPlaneOptions, openRun } from './run.ts'
import type { Run } from './run.ts'

const verbs = ['list', 'rotate', 'supply', 'export', 'restore', 'forget'] as const
type Verb = (typeof verbs)[number]

const options = {
  ...controlPlaneOptions,
  all: { help: 'rotate: every value that is made here' },
  from: { value: 'FILE', help: 'supply: the file with the value (default: standard input)' },
  to: { value: 'RECIPIENT', many: true, help: 'export: who can open the backup (age1…)' },
  out: { value: 'FILE', help: 'export: the file to write, which must not be there yet' },
  identity: { value: 'FILE', help: 'restore: the age identity that opens the backup' },
  replace: { help: 'restore: where the cluster has another value, take the one of the backup' },
} as const

interface Called {
  verb: Verb
  names: string[]
  options: {
    all: boolean
    from: string | undefined
    to: string[]
    out: string | undefined
    identity: string | undefined
    replace: boolean
  }
}

/** What each verb takes beside the bundle; whatever else is given is a slip. */
const takes: Record<Verb, { names: [least: number, most: number]; options: (keyof Called['options'])[] }> = {
  list: { names: [0, 0], options: [] },
  rotate: { names: [0, Infinity], options: ['all'] },
  supply: { names: [1, 1], options: ['from'] },
  export: { names: [0, 0], options: ['to', 'out'] },
  restore: { names: [1, 1], options: ['identity', 'replace'] },
  forget: { names: [1, Infinity], options: [] },
}

const isGiven = (value: boolean | string | string[] | undefined): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false

const checkCall = ({ verb, names, options }: Called): Outcome<void> => {
  const wrong = (what: string, fix: string): Outcome<never> =>
    bad([problem({ code: 'usage/wrong', fault: 'usage', what, fix })])
  const {
    names: [least, most],
    options: own,
  } = takes[verb]
  const strange = (Object.keys(options) as (keyof typeof options)[]).filter(
    (name) => isGiven(options[name]) && !own.includes(name),
  )
  if (strange.length > 0)
    return wrong(`${verb} takes no --${strange.join(', --')}.`, 'See scout-apply site-values --help.')
  if (names.length > most)
    return wrong(
      `${verb} does not know what to do with "${names[most]}".`,
      'See scout-apply site-values --help.',
    )
  if (names.length < least)
    return wrong(
      verb === 'restore'
        ? 'restore needs the file of the backup.'
        : `${verb} needs the name of a site value.`,
      verb === 'restore'
        ? 'scout-apply site-values BUNDLE restore FILE --identity FILE'
        : `scout-apply site-values BUNDLE ${verb} RELEASE/NAME; list shows them.`,
    )
  if (verb === 'rotate' && (names.length === 0) !== options.all)
    return wrong(
      'rotate needs names, or --all instead.',
      'scout-apply site-values BUNDLE rotate RELEASE/NAME',
    )
  if (verb === 'export' && (options.to.length === 0 || options.out === undefined))
    return wrong(
      'export needs to know for whom and where.',
      'scout-apply site-values BUNDLE export --to age1… --out FILE',
    )
  return good(undefined)
}

const described = (planned: PlannedValue[]): string =>
  planned.map(({ id, do: how }) => `${how === 'make' ? 'made anew' : 'stored'}: ${id}\n`).join('')

const applyNext = 'The next apply of the bundle rolls it out.\n'

const suppliedText = async ({ step, terminal }: Run, file: string | undefined): Promise<string> => {
  const bytes = await step('read the value', () => readGiven(file))
  const { text, cut } = await step('check the value', async () => givenText(bytes))
  if (cut) terminal.err.write('The line break at the end of the value was cut off.\n')
  return text
}

const work = async (
  run: Run,
  bundle: VerifiedBundle,
  { verb, names, options }: Called,
  system: ControlPlaneSystem,
): Promise<void> => {
  const { step, answer, terminal } = run
  const holder = { holder: `${hostname()}/${process.pid}/${clock.now()}` }
  const set = bundle.manifest.name
  const sealer = async (identityFile?: string) => await readIdentities(step, identityFile)
  switch (verb) {
    case 'list': {
      const values = await listSiteValues(bundle, system)
      answer({ set, siteValues: values }, describeSiteValues(set, values, paintIn(terminal.out.colour)))
      return
    }
    case 'rotate': {
      const made = ['password', 'key', 'certificate', 'htpasswd']
      const all = bundle.manifest.siteValues.filter(({ recipe }) => made.includes(recipe.made))
      const rotate = new Set(options.all ? all.map(({ id }) => id) : names)
      const stored = await changeSiteValues(bundle, { rotate, supply: new Map() }, holder, system)
      answer({ set, stored }, `${described(stored)}${applyNext}`)
      return
    }
    case 'supply': {
      const [name = ''] = names
      const supply = new Map([[name, await suppliedText(run, options.from)]])
      const stored = await changeSiteValues(bundle, { rotate: new Set(), supply }, holder, system)
      answer({ set, stored }, `${described(stored)}${applyNext}`)
      return
    }
    case 'export': {
      const { content, ids } = await exportSiteValues(bundle, system)
      const { sealBytes } = await sealer()
      const sealed = await step('encrypt the backup', () => sealBytes(content, options.to))
      await step('write the backup', () => writePrivate(options.out ?? '', sealed))
      const words = `${options.out}: ${counted(ids.length, 'site value')} of ${set}, encrypted for ${options.to.join(', ')}\n`
      answer({ set, exported: ids, file: options.out, recipients: options.to }, words)
      return
    }
    case 'restore': {
      const [file = ''] = names
      const sealed = await step('read the file', () => readInput(file, 'backup'))
      const { openBytes } = await sealer(options.identity)
      const content = await step('decrypt the backup', () => openBytes(sealed, file))
      const ids = await restoreSiteValues(bundle, { content, file, replace: options.replace }, holder, system)
      answer(
        { set, restored: ids },
        `${counted(ids.length, 'site value')} of ${set} restored: ${ids.join(', ')}\n${applyNext}`,
      )
      return
    }
    case 'forget': {
      await forgetSiteValues(bundle, names, holder, system)
      answer({ set, forgotten: names }, `forgotten: ${names.join(', ')}\n`)
    }
  }
}

export default command({
  summary:
    'Site values are passwords, keys and certificates that are made or supplied on the control plane and kept there. Lists them, makes new ones, takes supplied ones, backs them up and restores them; never shows one.',
  arguments: [
    { name: 'BUNDLE', help: 'the .tgz file, which says what values there are; it is verified first' },
    { name: 'VERB', help: 'what to do (default: list)', optional: true, choices: verbs },
    { name: 'NAME', help: 'site values: RELEASE/NAME; for restore: the backup', optional: true, many: true },
  ],
  options,
  examples: [
    ['scout-apply site-values bundle.tgz', 'which values there are, and which are missing'],
    ['scout-apply site-values bundle.tgz supply shop/smtp --from FILE', 'give a value that people supply'],
    ['scout-apply site-values bundle.tgz rotate shop/admin', 'make a new one; the next apply rolls it out'],
    ['scout-apply site-values bundle.tgz export --to age1… --out values.age', 'an encrypted backup'],
    ['scout-apply site-values bundle.tgz restore values.age --identity key.txt', 'bring it to a new cluster'],
  ],
  run: async ({ arguments: [file = '', verb = 'list', ...names], options }) => {
    const run = openRun(options)
    const { all, from, to, out, identity, replace } = options
    const called: Called = { verb: verb as Verb, names, options: { all, from, to, out, identity, replace } }
    const { step, tell, readTrust, withCluster } = run
    await step('check the call', async () => checkCall(called))
    const bytes = await step('read the bundle', () => readInput(file, 'bundle'))
    const trust = await readTrust()
    const bundle = await step('verify', async () => verify({ bytes, name: file, trust, now: clock.now() }))
    return await withCluster(async (cluster) => {
      await work(run, bundle, called, { cluster, clock, maker, tell, signal: interruption() })
      return exitCodes.done
    })
  },
})
