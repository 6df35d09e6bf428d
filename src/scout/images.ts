import { command } from '../command-line/command.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { imageListOptions } from './images-list.ts'
import { imageLockOptions } from './images-lock.ts'
import { environmentOption, siteOptions } from './options.ts'
import { registryOptions } from './registry.ts'
import { openRun } from './run.ts'

const withRegistry = Object.keys(registryOptions)

/** Which options go with which verb, beside those of all. */
const optionsOf: { [verb in 'list' | 'lock' | 'warm' | 'check']: string[] } = {
  list: ['env', ...Object.keys(imageListOptions)],
  lock: [...Object.keys(imageLockOptions), ...withRegistry],
  warm: ['env', ...withRegistry],
  check: ['env', ...withRegistry],
}
type Verb = keyof typeof optionsOf
const verbs = Object.keys(optionsOf) as Verb[]
const ofVerbs = [...new Set(Object.values(optionsOf).flat())]

const isGiven = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false

/** That no option stands on the line which the verb takes no notice of. */
const fitting = (verb: Verb, options: { readonly [name: string]: unknown }): Outcome<void> => {
  const form = options['output']
  const stray = ofVerbs.find((name) => {
    if (!isGiven(options[name]) || optionsOf[verb].includes(name)) return false
    return name !== 'output' || (form !== 'json' && form !== 'text')
  })
  if (stray === undefined) return good(undefined)
  const others = verbs.filter((one) => optionsOf[one].includes(stray))
  return bad([
    problem({
      code: 'usage/wrong',
      fault: 'usage',
      what: `scout images ${verb} takes no ${stray === 'output' ? `--output ${String(form)}` : `--${stray}`}.`,
      fix: `Leave it out, or use it with ${others.join(' or ')}.`,
    }),
  ])
}

export default command({
  summary:
    'Tells which images the site uses: where each was found, by which rule, what it becomes in Harbor. Locks their tags, fills the cache, checks it.',
  arguments: [
    {
      name: 'VERB',
      optional: true,
      choices: verbs,
      help: 'list (default), lock: write the digests of tags into releases/lock.yaml, warm: have Harbor cache all, check: tell whether it has',
    },
  ],
  options: {
    ...siteOptions,
    ...environmentOption,
    ...imageListOptions,
    ...imageLockOptions,
    ...registryOptions,
  },
  examples: [
    ['scout images', 'a table of all images, and of what nobody has decided on'],
    ['scout images --why quay.io/strimzi/kafka', 'every place of an image, and the rule that found it'],
    ['scout images --output plain', 'one name a line, as nodes pull them'],
    ['scout images --output cyclonedx > images.json', 'a bill of materials for a scanner'],
    ['scout images --undo --only web', 'the manifests as the chart printed them'],
    ['scout images lock', 'once, and after each change of a tag'],
    ['scout images warm', 'before a bundle goes to the control plane'],
  ],
  run: async ({ arguments: [named = 'list'], options }) => {
    const verb = named as Verb
    const fit = fitting(verb, options)
    if (!fit.ok) await openRun(options).step('read the options', async () => fit)
    switch (verb) {
      case 'lock':
        return (await import('./images-lock.ts')).lockImages(options)
      case 'warm':
        return (await import('./images-warm.ts')).warmImages(options)
      case 'check':
        return (await import('./images-check.ts')).checkImages(options)
      case 'list':
        return (await import('./images-list.ts')).listImages(options)
    }
  },
})
