import type { Comparison, ObjectChange, Place, ReleaseChange, RenderedFiles } from '../../core/comparison.ts'
import { readObjects } from '../../core/manifest.ts'
import { idOf, keyOf } from '../../core/object.ts'
import type { KubeObject } from '../../core/object.ts'
import { problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem } from '../../core/problem.ts'
import { phases } from '../../core/records.ts'
import type { Phase } from '../../core/records.ts'
import { fieldChanges } from '../../core/fields/changes.ts'
import { risksOf } from './judge.ts'

interface Placed {
  object: KubeObject
  place: Place
}

/** The place that a path below `rendered/ENV` says, or undefined where scout writes no such file. */
const placeOf = (file: string): Place | undefined => {
  const [release, phase, namespace, name, ...more] = file.split('/')
  if (release === undefined || namespace === undefined || name === undefined || more.length > 0)
    return undefined
  if (!name.endsWith('.yaml') || !(phases as string[]).includes(phase ?? '')) return undefined
  return { release, phase: phase as Phase, file }
}

const stray = (file: string, side: string): Problem =>
  problem({
    code: 'compare/stray-file',
    severity: 'warning',
    what: `${file}, ${side}, is no file that scout renders, so it is not compared.`,
    where: [],
    fix: 'Remove it from rendered/, or run `scout render`, which does.',
  })

/** The objects of the files that differ from the other side, by identity, in the order of the paths. */
const readSide = (
  files: RenderedFiles,
  other: RenderedFiles,
  side: 'before' | 'after',
  found: Problem[],
): Map<string, Placed[]> => {
  const objects = new Map<string, Placed[]>()
  for (const file of [...files.keys()].sort()) {
    const text = files.get(file) as string
    // Nearly all files are the same on both sides; not reading them makes 10,000 objects a matter of milliseconds.
    if (text === other.get(file)) continue
    const place = placeOf(file)
    if (place === undefined) {
      found.push(stray(file, `${side} the change`))
      continue
    }
    const read = readObjects(text, side === 'after' ? file : `${file} (before the change)`)
    found.push(...(read.ok ? read.warnings : read.problems))
    for (const { object } of read.ok ? read.value : []) {
      const key = keyOf(idOf(object))
      const same = objects.get(key)
      if (same) same.push({ object, place })
      else objects.set(key, [{ object, place }])
    }
  }
  return objects
}

/** Pairs of the same identity: first those of the same file, then those that are left, in order. */
const paired = (before: Placed[], after: Placed[]): [Placed | undefined, Placed | undefined][] => {
  const stayed = after.map((now) => before.find((was) => was.place.file === now.place.file))
  const left = before.filter((was) => !stayed.includes(was))
  const pairs = after.map((now, index): [Placed | undefined, Placed | undefined] => [
    stayed[index] ?? left.shift(),
    now,
  ])
  return [...pairs, ...left.map((was): [Placed, undefined] => [was, undefined])]
}

/** What became of one object; undefined where only its text differs, not what it says. */
const changeOf = (before: Placed | undefined, after: Placed | undefined): ObjectChange | undefined => {
  if (before === undefined && after === undefined) return undefined
  const fields = before && after ? fieldChanges(before.object, after.object) : []
  const id = idOf((after ?? before)?.object as KubeObject)
  const risks = risksOf({ id, before: before?.object, after: after?.object, fields })
  if (after === undefined) return { id, risks, change: 'removed', before: (before as Placed).place }
  if (before === undefined) return { id, risks, change: 'created', after: after.place }
  const [from, to] = [before.place, after.place]
  if (from.release !== to.release || from.phase !== to.phase)
    return { id, risks, change: 'moved', before: from, after: to, fields }
  return fields.length === 0 ? undefined : { id, risks, change: 'changed', before: from, after: to, fields }
}

const releasesIn = (files: RenderedFiles): Set<string> =>
  new Set([...files.keys()].flatMap((file) => placeOf(file)?.release ?? []))

/** The release under which a change is told. */
const releaseOf = (change: ObjectChange): string =>
  change.change === 'removed' ? change.before.release : change.after.release

const byRelease = (changes: ObjectChange[], before: RenderedFiles, after: RenderedFiles): ReleaseChange[] => {
  const [old, now] = [releasesIn(before), releasesIn(after)]
  const objects = Map.groupBy(changes, releaseOf)
  return [...new Set([...old, ...now])]
    .sort()
    .map((release) => ({
      release,
      change: !old.has(release)
        ? ('created' as const)
        : !now.has(release)
          ? ('removed' as const)
          : ('changed' as const),
      objects: objects.get(release) ?? [],
    }))
    .filter(({ change, objects: changed }) => change !== 'changed' || changed.length > 0)
}

/**
 * Compares two renderings of one environment, object by object and field by field. An object is the same one by its group, kind,
 * namespace and name, so that a move to another release, phase or API version is a change. Secret values come out masked.
 * Gives every problem of files that can't be read; warns of files that aren't of scout's layout.
 */
export const compare = (before: RenderedFiles, after: RenderedFiles): Outcome<Comparison> => {
  const found: Problem[] = []
  const old = readSide(before, after, 'before', found)
  const now = readSide(after, before, 'after', found)
  return unless(found, () => {
    const changes = [...new Set([...old.keys(), ...now.keys()])]
      .sort()
      .flatMap((key) => paired(old.get(key) ?? [], now.get(key) ?? []))
      .flatMap(([was, is]) => changeOf(was, is) ?? [])
    const unchanged = [...after].filter(([file, text]) => before.get(file) === text && placeOf(file)).length
    return { releases: byRelease(changes, before, after), unchanged }
  })
}
