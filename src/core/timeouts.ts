import { isDuration, secondsOf } from './duration.ts'
import { good, problem, unless } from './problem.ts'
import type { Outcome, Problem } from './problem.ts'
import { suggest } from './suggest.ts'
import type { Wanted } from './wanted.ts'

const wrong = (what: string, fix: string): Problem =>
  problem({ code: 'usage/wrong', fault: 'usage', what: `--timeout ${what}.`, fix })

/**
 * The bundle with other timeouts of its releases: each text is a duration for all (`20m`) or for one (`db=1h`), which goes before that for all.
 * Nothing else of the bundle changes, and no release counts as changed for it.
 */
export const withTimeouts = <W extends Pick<Wanted, 'releases'>>(bundle: W, texts: string[]): Outcome<W> => {
  if (texts.length === 0) return good(bundle)
  const names = bundle.releases.map(({ name }) => name)
  const found: Problem[] = []
  const given = new Map<string, number>()
  for (const text of texts) {
    const at = text.indexOf('=')
    const [name, duration] = at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)]
    const near = suggest(name, names)
    if (!isDuration(duration))
      found.push(wrong(`${text}: "${duration}" is no duration`, 'Write 90s, 15m, 1h or 1h30m.'))
    else if (at >= 0 && !names.includes(name))
      found.push(
        wrong(
          `${text}: the bundle has no release ${name}`,
          near === undefined ? `Name one of: ${names.join(', ')}.` : `Did you mean ${near}=${duration}?`,
        ),
      )
    else if (given.has(name))
      found.push(
        wrong(
          `${text}: there is another one for ${name === '' ? 'all releases' : name}`,
          'Leave one of them out.',
        ),
      )
    else given.set(name, secondsOf(duration))
  }
  const timeoutOf = (name: string): number | undefined => given.get(name) ?? given.get('')
  return unless(found, () => ({
    ...bundle,
    releases: bundle.releases.map((release) => ({
      ...release,
      timeoutSeconds: timeoutOf(release.name) ?? release.timeoutSeconds,
    })),
  }))
}
