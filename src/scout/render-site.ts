import type { Values } from '../command-line/command.ts'
import { exitCodes, good } from '../core/problem.ts'
import type { Release } from '../core/records.ts'
import { isEverything } from '../core/selection.ts'
import { counted } from '../report/count.ts'
import { renderEnvironments } from '../staging/pipeline.ts'
import { replaceFile } from '../system/output-file.ts'
import { keepAnswer } from '../system/stamp.ts'
import type { Asked } from '../system/stamp.ts'
import { join } from 'node:path'
import type { environmentOption, siteOptions } from './options.ts'
import { wordsOf } from './render.ts'
import type { RenderAnswer } from './render.ts'
import { openRun } from './run.ts'
import { sealingWith } from './sealing.ts'
import { selectionOf } from './selection.ts'
import type { selectionOptions } from './selection.ts'

type RenderOptions = Values<typeof siteOptions & typeof environmentOption & typeof selectionOptions> & {
  identity: string | undefined
}

/** Whether all that a release is made of lies below releases/, or is pinned there by a digest; not what it was rendered to before. */
const isInside = ({ source, values, lookup }: Release): boolean => {
  if (lookup === 'last-render') return false
  const paths =
    source.kind === 'manifests' ? source.paths : source.chart.from === 'path' ? [source.chart.path] : []
  const files = values.flatMap((layer) => (layer.from === 'file' ? [layer.file] : []))
  return [...paths, ...files].every((path) => path.startsWith('releases/'))
}

/**
 * Renders what the options ask for into rendered/. `asked` names the options, so that the answer can be kept for as long as releases/,
 * which were looked at before, and rendered/ stay as they are.
 */
export const renderSite = async (options: RenderOptions, asked: Asked | undefined): Promise<number> => {
  const root = options.site ?? '.'
  // Looked at before anything is read of them, and once.
  const { system, step, answer, warnings } = openRun(options, asked?.inputs)
  const selection = await step('read the options', async () => selectionOf(options, process.env))
  const openSealing = sealingWith(options.identity)
  // A key that is named for this run is looked at in any case.
  if (options.identity !== undefined) await step('read identities', openSealing)
  const rendered = await renderEnvironments(
    { environments: options.env, selection },
    { ...system, openSealing },
    step,
  )
  const whole = isEverything(selection)
  const sealed = rendered.flatMap(({ set }) =>
    set.releases.flatMap(({ name, environment, sealed: kept }) =>
      kept ? [{ environment, release: name, ...kept }] : [],
    ),
  )
  const anew = sealed.filter(({ state }) => state === 'sealed')
  if (anew.length > 0)
    await step('write what is sealed', async () => {
      for (const { file, text } of anew) await replaceFile(join(root, file), text)
      return good(undefined)
    })
  const everything = new Map(
    rendered.flatMap(({ set, files }) =>
      [...files].map(([path, text]) => [`${set.environment}/${path}`, text] as const),
    ),
  )
  const written = await step('write rendered/', async () => {
    if (whole && options.env.length === 0)
      return good([await system.files.replaceFolder('rendered', everything)])
    const changes = []
    for (const { set, files } of rendered) {
      const folders = whole ? [''] : set.releases.map(({ name }) => `${name}/`)
      for (const folder of folders) {
        const inside = [...files].flatMap(([path, text]) =>
          path.startsWith(folder) ? [[path.slice(folder.length), text] as const] : [],
        )
        const target = `rendered/${set.environment}/${folder}`.replace(/\/$/, '')
        changes.push(await system.files.replaceFolder(target, new Map(inside)))
      }
    }
    return good(changes)
  })
  const environments = rendered.map(({ set, files }) => ({
    environment: set.environment,
    releases: set.releases.length,
    objects: files.size,
    images: new Set(set.releases.flatMap(({ images }) => images.map((use) => use.rewritten))).size,
  }))
  const told: RenderAnswer = {
    environments,
    sealed: sealed.map(({ environment, release, names, state }) => ({
      environment,
      release,
      fields: names,
      state,
    })),
    warnings,
  }
  if (asked !== undefined && rendered.every(({ set }) => set.releases.every(isInside))) {
    const kubernetes = rendered[0]?.set.site.target.kubernetes ?? ''
    const written = options.env.length === 0 ? [everything] : rendered.map(({ files }) => files)
    await keepAnswer(root, asked, { kubernetes, written }, told)
  }
  const count = {
    written: written.flatMap((one) => one.written).length,
    removed: written.flatMap((one) => one.removed).length,
  }
  answer(
    { environments, sealed: told.sealed, ...count },
    `${wordsOf(told)}${
      count.written + count.removed === 0
        ? 'rendered/ was up to date'
        : `rendered/: ${counted(count.written, 'file')} written, ${count.removed} removed`
    }\n`,
  )
  return exitCodes.done
}
