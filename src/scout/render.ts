import { command } from '../command-line/command.ts'
import { exitCodes, good } from '../core/problem.ts'
import { counted } from '../report/count.ts'
import { renderEnvironments } from '../staging/pipeline.ts'
import { environmentOption, openRun, siteOptions } from './run.ts'

export default command({
  summary:
    'Renders all releases of the site into rendered/, one file an object. Nothing is written unless everything is in order.',
  arguments: [],
  options: { ...siteOptions, ...environmentOption },
  examples: [
    ['scout render', 'every release, every environment'],
    ['scout render --env production', 'one environment'],
    ['scout render --verbose', "with helm's own words"],
  ],
  run: async ({ options }) => {
    const { system, step, answer } = openRun(options)
    const rendered = await renderEnvironments(options.env, system, step)
    const written = await step('write rendered/', async () => {
      if (options.env.length > 0) {
        const changes = []
        for (const { set, files } of rendered)
          changes.push(await system.files.replaceFolder(`rendered/${set.environment}`, files))
        return good(changes)
      }
      const everything = rendered.flatMap(({ set, files }) =>
        [...files].map(([path, text]) => [`${set.environment}/${path}`, text] as const),
      )
      return good([await system.files.replaceFolder('rendered', new Map(everything))])
    })
    const environments = rendered.map(({ set, files }) => ({
      environment: set.environment,
      releases: set.releases.length,
      objects: files.size,
      images: new Set(set.releases.flatMap(({ images }) => images.map((use) => use.rewritten))).size,
    }))
    const count = {
      written: written.flatMap((one) => one.written).length,
      removed: written.flatMap((one) => one.removed).length,
    }
    answer(
      { environments, ...count },
      [
        ...environments.map(
          ({ environment, releases, objects, images }) =>
            `${environment}: ${releases} releases, ${objects} objects, ${images} images`,
        ),
        count.written + count.removed === 0
          ? 'rendered/ was up to date'
          : `rendered/: ${counted(count.written, 'file')} written, ${count.removed} removed`,
        '',
      ].join('\n'),
    )
    return exitCodes.done
  },
})
