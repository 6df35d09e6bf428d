import type { Values } from '../command-line/command.ts'
import { undoEdits } from '../core/images/edit.ts'
import { inventoryOf } from '../core/images/inventory.ts'
import type { ImageInventory, InventoryImage } from '../core/images/inventory.ts'
import { removePullSecret } from '../core/images/pull-secrets.ts'
import { parseReference, printReference } from '../core/images/reference.ts'
import { keyOf } from '../core/object.ts'
import type { KubeObject } from '../core/object.ts'
import { bad, exitCodes, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import type { RewrittenRelease } from '../core/records.ts'
import { suggest } from '../core/suggest.ts'
import { writeYaml } from '../core/yaml/write.ts'
import { cycloneDx } from '../report/cyclonedx.ts'
import { describeImages, describeWhy, plainImages } from '../report/images.ts'
import { jsonText } from '../report/json-text.ts'
import { paintIn } from '../report/paint.ts'
import { rewriteEnvironments } from '../staging/pipeline.ts'
import type { environmentOption, siteOptions } from './options.ts'
import { openRun } from './run.ts'
import { tool } from './tool.ts'

export const imageListOptions = {
  output: {
    value: 'FORM',
    choices: ['text', 'json', 'plain', 'cyclonedx'],
    help: 'text for people (default), json for programs, plain for crane, hauler and the like, cyclonedx (1.6) for scanners',
  },
  only: { value: 'RELEASE', many: true, help: 'only the images of this release' },
  why: { value: 'IMAGE', help: 'where this image was found, and by which rules' },
  upstream: { help: "with --output plain: the names in the images' own registries, not those in Harbor" },
  undo: { help: 'print the manifests as they were before images were rewritten' },
} as const

type ListOptions = Values<
  Omit<typeof siteOptions, 'output'> & typeof environmentOption & typeof imageListOptions
>

const usage = (what: string, fix: string): Outcome<never> =>
  bad([problem({ code: 'usage/wrong', fault: 'usage', what, fix })])

const checkOptions = ({ why, undo, upstream, output = 'text' }: ListOptions): Outcome<void> => {
  if (why !== undefined && undo) return usage('--why and --undo are two questions.', 'Ask one of them.')
  if ((why !== undefined || undo) && !['text', 'json'].includes(output))
    return usage(`--output ${output} is a form of the list.`, 'Leave --why and --undo out.')
  if (upstream && output !== 'plain')
    return usage('--upstream says which names --output plain prints.', 'Add --output plain.')
  return good(undefined)
}

/** Whether a person who writes `asked` means an image: as it stands somewhere, in full, in Harbor, or without its tag. */
const isMeant = (asked: string, image: InventoryImage): boolean => {
  const names = [image.name, image.rewritten, ...image.places.map(({ text }) => text)]
  const parsed = parseReference(asked)
  if ('malformed' in parsed) return names.includes(asked)
  const full = printReference(parsed)
  return (
    names.includes(asked) ||
    names.includes(full) ||
    (parsed.tag === undefined &&
      parsed.digest === undefined &&
      names.some((name) => name.startsWith(`${full}:`) || name.startsWith(`${full}@`)))
  )
}

const meant = (asked: string, { images, suspects }: ImageInventory): Outcome<InventoryImage[]> => {
  const all = [...images, ...suspects]
  const found = all.filter((image) => isMeant(asked, image))
  if (found.length > 0) return good(found)
  const near = suggest(
    asked,
    all.map(({ name }) => name),
  )
  return bad([
    problem({
      code: 'images/not-found',
      what: `No image ${asked} was found.`,
      fix:
        near === undefined
          ? 'See `scout images` for those that were. What an operator makes up at run time is declared in images.extra of the release.'
          : `Did you mean ${near}?`,
    }),
  ])
}

/** The objects of a release as they were rendered, before any image was rewritten. */
const originals = ({ objects, images, pullSecretsAt = [] }: RewrittenRelease): KubeObject[] => {
  const edits = Map.groupBy(images, (use) => keyOf(use.object))
  const secrets = Map.groupBy(pullSecretsAt, ({ object }) => keyOf(object))
  return objects.map(({ id, object }) => {
    const plain = (secrets.get(keyOf(id)) ?? []).reduce(
      (one, { path }) => removePullSecret(one, path),
      object,
    )
    return undoEdits(
      plain,
      (edits.get(keyOf(id)) ?? []).flatMap((use) => use.edits),
    )
  })
}

/** Tells of the site's images: which ones, where, by which rule, what they become; or prints the manifests without the rewriting. */
export const listImages = async (options: ListOptions): Promise<number> => {
  const { system, step, answer, terminal, json } = openRun(options)
  await step('read the options', async () => checkOptions(options))
  const selection = { only: options.only, shard: null }
  const rendered = await rewriteEnvironments(
    { environments: options.env, selection, mustBeLocked: false },
    system,
    step,
  )
  const sets = rendered.map((set) => ({
    ...set,
    releases: set.releases.filter(({ name }) => options.only.length === 0 || options.only.includes(name)),
  }))
  const paint = paintIn(terminal.out.colour)
  if (options.undo) {
    const releases = sets.flatMap(({ environment, releases }) =>
      releases.map((release) => ({ environment, release: release.name, objects: originals(release) })),
    )
    const text = releases.flatMap(({ environment, release, objects }) =>
      objects.map((object) => `---\n# ${environment}/${release}\n${writeYaml(object)}`),
    )
    answer(releases, text.join(''))
    return exitCodes.done
  }
  const inventory = inventoryOf(sets)
  if (options.why !== undefined) {
    const asked = options.why
    const found = await step('look for the image', async () => meant(asked, inventory))
    answer(found, describeWhy(found, paint))
    return exitCodes.done
  }
  const [first] = sets
  if (options.output === 'plain') terminal.out.write(plainImages(inventory, options.upstream))
  else if (options.output === 'cyclonedx') {
    const [, version = ''] = tool.split(' ')
    terminal.out.write(jsonText(cycloneDx(inventory, first?.site.name ?? '', version), 2))
  } else if (json) answer(inventory, '')
  else terminal.out.write(describeImages(inventory, paint))
  return exitCodes.done
}
