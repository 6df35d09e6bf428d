import type { SiteFile } from '../../core/declared.generated.ts'
import type { ReadFiles } from '../../core/effects/files.ts'
import { sortedGrants } from '../../core/harbor/observed.ts'
import { upstreamOf } from '../../core/harbor/upstream.ts'
import type { WantedHarbor, WantedProject, WantedProxy, WantedRobot } from '../../core/harbor/wanted.ts'
import type { Path } from '../../core/pointer.ts'
import { bad, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import { suggest } from '../../core/suggest.ts'
import { readChecked } from './read-file.ts'
import type { Checked } from './read-file.ts'
import { siteFile } from './site.ts'

type Site = Checked<SiteFile>

const units: { [unit: string]: number } = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 }

/** In bytes; -1 without limit. */
const bytesOf = (text: string | undefined): number | undefined =>
  text === undefined || text === 'unlimited'
    ? text && -1
    : Number(text.slice(0, -2)) * (units[text.slice(-2)] as number)

const keptBy = (text: string | undefined): WantedProject['keep'] =>
  text === undefined || text === 'always'
    ? { keep: 'always' }
    : { keep: 'pulled', days: Number.parseInt(text, 10) }

/** As Harbor's own page for a new endpoint proposes them. */
const usual: { [registry: string]: { type: string; url: string } } = {
  'docker.io': { type: 'docker-hub', url: 'https://hub.docker.com' },
  'ghcr.io': { type: 'github-ghcr', url: 'https://ghcr.io' },
  'quay.io': { type: 'quay', url: 'https://quay.io' },
}

const proxiesOf = ({ declared, content }: Site): WantedProxy[] => {
  const { harbor = {}, images } = content
  return Object.entries(images.projects)
    .map(([registry, name]) => {
      const own = harbor.registries?.[registry] ?? {}
      const known = usual[registry] ?? { type: 'docker-registry', url: `https://${registry}` }
      return {
        registry,
        name,
        endpoint: {
          type: own.type ?? known.type,
          url: (own.url ?? known.url).replace(/\/+$/, ''),
          insecure: own.insecure ?? false,
        },
        public: own.public ?? harbor.public ?? true,
        keep: keptBy(own.keep ?? harbor.keep),
        storage: bytesOf(own.storage ?? harbor.storage),
        at: declared.at(['images', 'projects', registry], 'key'),
      }
    })
    .sort((a, b) => (a.registry < b.registry ? -1 : 1))
}

const hostedOf = ({ declared, content: { harbor = {} } }: Site): WantedProject[] =>
  Object.entries(harbor.hosted ?? {})
    .map(([name, own]) => ({
      name,
      public: own.public ?? false,
      keep: keptBy(own.keep),
      storage: bytesOf(own.storage),
      at: declared.at(['harbor', 'hosted', name], 'key'),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

const robotsOf = ({ declared, content: { harbor = {} } }: Site): WantedRobot[] =>
  Object.entries(harbor.robots ?? {})
    .map(([name, { pull = [], push = [] }]) => ({
      name,
      grants: sortedGrants(
        [...new Set([...pull, ...push])].map((project) => ({
          project,
          // Harbor lets nobody push who may not pull.
          access: ['repository:pull', ...(push.includes(project) ? ['repository:push'] : [])],
        })),
      ),
      at: declared.at(['harbor', 'robots', name], 'key'),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

const meant = (word: string, known: string[], otherwise: string): string => {
  const near = suggest(word, known)
  return near === undefined ? otherwise : `Did you mean \`${near}\`?`
}

/** What the schema cannot see of the site's section about Harbor: names that lead nowhere, one project for two things. */
export const checkHarbor = ({ declared, content }: Site): Problem[] => {
  const { harbor = {}, images } = content
  // Of a file with faults parts may be missing.
  const projects = images?.projects ?? {}
  const found: Problem[] = []
  const tell = (what: string, path: Path, fix: string, why?: string): void => {
    found.push(
      problem({
        code: 'declare/harbor',
        what,
        where: [declared.at(path, 'key')],
        ...(why !== undefined && { why }),
        fix,
      }),
    )
  }
  for (const [registry, { url }] of Object.entries(harbor.registries ?? {})) {
    if (!Object.hasOwn(projects, registry))
      tell(
        `Site: \`harbor.registries\` speaks of ${registry}, which has no project.`,
        ['harbor', 'registries', registry],
        meant(registry, Object.keys(projects), 'Give it one in images.projects, or remove it.'),
      )
    if (url !== undefined && !URL.canParse(url))
      tell(
        `Site: the url of ${registry} in \`harbor.registries\` is no URL.`,
        ['harbor', 'registries', registry, 'url'],
        'Write scheme, host and port, such as https://registry.example:5000.',
      )
  }
  const proxied = new Map<string, string>()
  for (const [registry, project] of Object.entries(projects)) {
    const other = proxied.get(project)
    const upstream = upstreamOf(harbor.registries?.[registry]?.url ?? `https://${registry}`)
    const before = other && upstreamOf(harbor.registries?.[other]?.url ?? `https://${other}`)
    if (other !== undefined && before !== upstream)
      tell(
        `Site: ${other} and ${registry} have the same project ${project}.`,
        ['images', 'projects', registry],
        'Give each a project of its own.',
        'A proxy project stands for one registry.',
      )
    proxied.set(project, other ?? registry)
  }
  const hosted = Object.keys(harbor.hosted ?? {})
  for (const name of hosted)
    if (proxied.has(name))
      tell(
        `Site: the project ${name} is hosted, and stands for ${proxied.get(name)} as well.`,
        ['harbor', 'hosted', name],
        'Give one of them another name.',
        'A proxy project refuses pushes.',
      )
  const known = [...proxied.keys(), ...hosted]
  for (const [robot, { pull = [], push = [] }] of Object.entries(harbor.robots ?? {}))
    for (const [verb, names] of [['pull', pull] as const, ['push', push] as const])
      for (const [index, name] of names.entries()) {
        const path = ['harbor', 'robots', robot, verb, index]
        if (!known.includes(name))
          tell(
            `Site: the robot ${robot} is for the project ${name}, which the site does not have.`,
            path,
            meant(name, known, 'Name one of images.projects or harbor.hosted.'),
          )
        else if (verb === 'push' && !hosted.includes(name))
          tell(
            `Site: the robot ${robot} is to push to ${name}, which is a proxy project.`,
            path,
            'Let it pull from there, and push to a project of harbor.hosted.',
            'A proxy project refuses pushes.',
          )
      }
  return found
}

/** One project for two names of one registry is asked for once. */
const once = (proxies: WantedProxy[]): WantedProxy[] =>
  [...new Map(proxies.toReversed().map((one) => [one.name, one])).values()].reverse()

/** What the site file says of Harbor, defaults filled in. Only the site file is read. */
export const harborOf = async ({ files }: { files: ReadFiles }): Promise<Outcome<WantedHarbor>> => {
  const { checked, problems } = await readChecked<SiteFile>(files, siteFile, 'site', 'Site')
  if (checked === undefined || problems.length > 0) return bad(problems as Problems)
  return unless(checkHarbor(checked), () => ({
    site: checked.content.name,
    host: checked.content.images.harbor,
    proxies: once(proxiesOf(checked)),
    hosted: hostedOf(checked),
    robots: robotsOf(checked),
  }))
}
