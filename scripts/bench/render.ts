import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { apiVersionsOf, helmLines, runBare } from './bare-helm.ts'
import { knowSite } from './classes.ts'
import type { Class, KnownSite } from './classes.ts'
import { generateLargeSite, generateSite } from './generate-site.ts'
import { alternate, budget, median, ratio, table } from './measure.ts'
import { cores, inFolder, node, root, scout } from './programs.ts'

const environment = 'production'
const render = (site: string) => node([scout, 'render', '--env', environment], site)

/**
 * No memory of an earlier run, and nothing written by one. It is put aside and not removed: ext4 looks at each of a thousand inodes that were freed a moment ago
 * again for every file that is made next, which costs the run after it 0.2 s, and no cold render that people do.
 */
const forget = async (site: string): Promise<void> => {
  const aside = join(site, `.aside-${randomUUID()}`)
  await mkdir(aside)
  for (const name of ['.cache', 'rendered'])
    if (existsSync(join(site, name))) await rename(join(site, name), join(aside, name))
}

/** A site with these releases of another one, and what lies beside them. */
const siteOf = async (from: string, to: string, names: Set<string>): Promise<void> => {
  await mkdir(join(to, 'releases'), { recursive: true })
  for (const entry of await readdir(join(from, 'releases'), { withFileTypes: true }))
    if (!entry.isDirectory() || names.has(entry.name))
      await cp(join(from, 'releases', entry.name), join(to, 'releases', entry.name), { recursive: true })
}

/**
 * Cold, on both sides: no `.cache`, no `rendered/`; programs and charts in the page cache, and the code of scout compiled (the
 * Makefile's NODE_COMPILE_CACHE), for each has run once before.
 */
const cold = async (title: string, site: string, rounds: number, known: KnownSite) => {
  await forget(site)
  await render(site)
  const lines = await helmLines(
    site,
    known.releases.map(({ release }) => release),
    await apiVersionsOf(site),
    known.kubernetes,
  )
  const bare = () => runBare(known.helm, site, lines)
  await bare()
  const figures = await alternate(rounds, [
    { name: 'scout render, everything included', before: () => forget(site), run: () => render(site) },
    { name: `bare helm template, ${cores} at once`, run: bare },
  ])
  console.log(table(`Cold: ${title}, ${lines.length} charts`, figures))
  return { figures, lines }
}

const budgets: { [of in Class]?: [most: number, kind: 'budget' | 'aim'] } = {
  quiet: [1.1, 'budget'],
  asking: [1.5, 'aim'],
}
const words: { [of in Class]: string } = {
  quiet: 'those that ask nothing and hold nothing random',
  asking: 'those that ask for API versions or objects',
  random: 'those that hold something random, or a site value',
}

/** A class has a site of its own; the charts that bring CRDs are there too, for both sides, where the class needs others' CRDs. */
const byClass = async (site: string, known: KnownSite, of: Class, rounds: number): Promise<void> => {
  const own = known.releases.filter((one) => one.class === of)
  if (own.length === 0) return
  const some = of === 'quiet' ? own : known.releases.filter((one) => one.class === of || one.bringsCrds)
  await inFolder(async (folder) => {
    await siteOf(site, folder, new Set(some.map(({ release }) => release.name)))
    const helpers = some.length - own.length
    const title = `${words[of]}${helpers > 0 ? `, and ${helpers} that bring CRDs` : ''}`
    const { figures } = await cold(title, folder, rounds, { ...known, releases: some })
    const [most, kind] = budgets[of] ?? []
    if (most !== undefined) console.log(budget(`scout to helm, cold, ${of}`, ratio(figures), most, '×', kind))
  })
}

/** Adds an object to a chart, another one in each round. */
const change = (chart: string, round: number): Promise<void> =>
  writeFile(
    join(chart, 'templates/bench-changed.yaml'),
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: bench-changed }\ndata: { round: "${round}" }\n`,
  )

const again = async (site: string, known: KnownSite, rounds: number): Promise<void> => {
  const { figures, lines } = await cold('all', site, rounds, known)
  const bare = median(figures[1]?.seconds ?? [])
  await render(site)
  const nothing = await alternate(rounds, [
    { name: 'scout render, nothing changed', run: () => render(site) },
    { name: `bare helm template, ${cores} at once`, run: () => runBare(known.helm, site, lines) },
  ])
  console.log(table('Nothing changed', nothing))
  console.log(budget('scout to helm, nothing changed', ratio(nothing), 0.1, '×'))
  const one = known.releases.find((release) => release.class === 'quiet' && !release.bringsCrds)?.release
  if (one?.resolved.kind !== 'chart') return
  const { directory } = one.resolved
  const line = lines.filter(({ name }) => name === one.name)
  const single = await alternate(rounds, [
    {
      name: `scout render, ${one.name} changed`,
      before: (round) => change(join(site, directory), round),
      run: () => render(site),
    },
    { name: `bare helm template of ${one.name}`, run: () => runBare(known.helm, site, line) },
  ])
  console.log(table('One release changed', single))
  const [ours, theirs] = single.map(({ seconds }) => median(seconds))
  console.log(budget('scout beyond helm, one release changed', (ours ?? NaN) - (theirs ?? NaN), 0.3, 's'))
  console.log(`  (all of them anew by bare helm: ${bare.toFixed(2)} s)`)
}

const largest = { megabytes: 37, mebibytes: 1024 }

const memory = (): Promise<void> =>
  inFolder(async (folder) => {
    await generateLargeSite(folder, largest.megabytes)
    const file = join(folder, 'peak')
    const watch = join(root, 'scripts/bench/peak-memory.ts')
    await node(['--import', watch, scout, 'render'], folder, { PEAK_MEMORY: file })
    console.log(`Memory: ${largest.megabytes} MB of manifests`)
    console.log(budget('peak of scout', Number(await readFile(file, 'utf8')), largest.mebibytes, 'MiB'))
  })

/** Rendering: of the site in the folder that BENCH_CORPUS names, else of 200 generated releases. */
export const benchRender = (rounds: number): Promise<void> =>
  inFolder(async (folder) => {
    const corpus = process.env['BENCH_CORPUS']
    if (corpus === undefined) await generateSite(folder)
    else await cp(join(resolve(corpus), 'releases'), join(folder, 'releases'), { recursive: true })
    const known = await knowSite(folder, environment)
    for (const one of ['quiet', 'asking', 'random'] as const) await byClass(folder, known, one, rounds)
    await again(folder, known, rounds)
    await memory()
  })
