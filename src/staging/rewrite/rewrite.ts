import { isBuiltInGroup } from '../../core/images/built-in.ts'
import { applyEdits } from '../../core/images/edit.ts'
import { findImages, searchFor } from '../../core/images/find.ts'
import type { Search } from '../../core/images/find.ts'
import type { FoundImage } from '../../core/images/found.ts'
import { addPullSecret } from '../../core/images/pull-secrets.ts'
import { nameOf } from '../../core/object.ts'
import { anew } from '../../core/once.ts'
import type { Once } from '../../core/once.ts'
import type { KubeObject } from '../../core/object.ts'
import { pointerOf } from '../../core/pointer.ts'
import type { Path } from '../../core/pointer.ts'
import { all, bad, good, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import type {
  ImageSuspect,
  ImageUse,
  RenderedObject,
  RenderedRelease,
  RewrittenRelease,
  SetOf,
  Site,
} from '../../core/records.ts'
import type { DigestOf } from '../../core/registry/lock.ts'
import { declaredImage, decisions } from './decide.ts'
import { rewriting } from './edits.ts'
import { harborName } from './harbor-name.ts'

export interface RewriteOptions {
  /** The digest that a whole reference is pinned to; none where left out. */
  digestOf?: DigestOf
  /** What an image that nobody has decided on is; a warning where left out. */
  undecided?: Problem['severity']
  /** Finds the images in the objects of a release, one by one, or knows from an earlier run what `find` would give. */
  found?: Once<FoundImage[][]>
}

const placeOf = (rendered: RenderedObject, found: FoundImage, release: string): Problem['where'][number] => {
  const { template, line } = rendered.origin
  const pointer = pointerOf(found.parts[0].path)
  return { in: 'object', object: rendered.id, release, pointer, template, line }
}

const undecided = (
  found: FoundImage,
  rendered: RenderedObject,
  release: RenderedRelease,
  severity: Problem['severity'],
): Problem =>
  problem({
    code: 'rewrite/undecided-image',
    severity,
    what: `Release ${release.name}: "${found.text}" looks like ${found.form === 'registry' ? 'the registry of images' : 'an image'}, and nobody has said whether it is one.`,
    where: [placeOf(rendered, found, release.name)],
    why: 'If it is one, and it is not in Harbor, what needs it cannot start behind the air gap.',
    fix: `${
      found.form === 'registry'
        ? `Name its place in images.finders of releases/site.yaml, with \`form: registry\`, or add it in ${release.file} to`
        : `In ${release.file}, add it to images.extra, or to`
    } images.ignore with the reason: \`{ image: "${found.text}", reason: … }\`.`,
  })

/** So many places of one image are named; the others are counted. */
const mostPlaces = 5

/** One problem an image, with the places where it stands: a registry that is not mapped is often in every object of a release. */
const foldPlaces = (found: Problem[]): Problem[] =>
  [...Map.groupBy(found, ({ code, what }) => `${code} ${what}`).values()].map((same) => {
    const [first] = same as Problems
    const more = same.length - mostPlaces
    return {
      ...first,
      what: more > 0 ? `${first.what} It stands in ${same.length} places.` : first.what,
      where: same.slice(0, mostPlaces).flatMap(({ where }) => where),
    }
  })

/** Pod specs of built-in kinds, by the images that were found in them. */
const podSpecs = (uses: ImageUse[]): Path[] => {
  const specs = uses.flatMap(({ rule, tier, parts: [{ path }] }) =>
    rule === 'pod-spec' && tier === 'A' ? [path.slice(0, path.at(-1) === 'reference' ? -4 : -3)] : [],
  )
  return [...new Map(specs.map((path) => [pointerOf(path), path])).values()]
}

/** Two changes of one field that do not agree: fields that images share have to come out the same for all. */
const conflicts = (uses: ImageUse[], rendered: RenderedObject, release: string): Problem[] => {
  const seen = new Map<string, { to: string; text: string }>()
  return uses.flatMap((use) =>
    use.edits.flatMap(({ path, at, to }) => {
      const key = `${pointerOf(path)} ${at}`
      const other = seen.get(key)
      if (other === undefined) seen.set(key, { to, text: use.text })
      if (other === undefined || other.to === to) return []
      return problem({
        code: 'rewrite/shared-field',
        what: `${nameOf(rendered.id)}: "${other.text}" and "${use.text}" share a field that cannot be right for both.`,
        where: [placeOf(rendered, use, release)],
        fix: 'Give each image a registry of its own in the values of the release.',
      })
    }),
  )
}

type Rewritten = Pick<RewrittenRelease, 'objects'> & {
  images: ImageUse[]
  suspects: ImageSuspect[]
  pullSecretsAt: { object: RenderedObject['id']; path: Path }[]
}

const rewriteRelease = (
  release: RenderedRelease,
  images: Site['images'],
  search: Search,
  { digestOf, undecided: severity = 'warning', found: once = anew }: RewriteOptions,
): Outcome<RewrittenRelease> => {
  const { decide, unused, extra } = decisions(release, images)
  const problems: Problem[] = []
  const done: Rewritten = { objects: [], images: [], suspects: [], pullSecretsAt: [] }
  const inObjects = once(release, () => release.objects.map(({ object }) => findImages(object, search)))
  for (const [index, rendered] of release.objects.entries()) {
    const uses: ImageUse[] = []
    for (const found of inObjects[index] ?? []) {
      const decision = decide(found)
      const place = { object: rendered.id, pointer: pointerOf(found.parts[0].path) }
      if (decision === 'undecided') {
        done.suspects.push({ ...found, ...place })
        problems.push(undecided(found, rendered, release, severity))
      }
      if (decision !== 'image') continue
      const outcome = rewriting(found, images, digestOf)
      if (outcome.ok) uses.push({ ...found, ...place, original: found.text, ...outcome.value })
      else
        problems.push(
          ...outcome.problems.map((one) => ({ ...one, where: [placeOf(rendered, found, release.name)] })),
        )
    }
    problems.push(...conflicts(uses, rendered, release.name))
    const edits = uses.flatMap((use) => use.edits)
    let object: KubeObject = edits.length === 0 ? rendered.object : applyEdits(rendered.object, edits)
    if (images.pullSecret !== undefined && isBuiltInGroup(rendered.id.group))
      for (const path of podSpecs(uses)) {
        const next = addPullSecret(object, path, images.pullSecret)
        if (next === undefined) continue
        object = next
        done.pullSecretsAt.push({ object: rendered.id, path })
      }
    for (const use of uses) done.images.push(use)
    done.objects.push(object === rendered.object ? rendered : { ...rendered, object })
  }
  const declared = all(
    extra.map((text, index) => {
      const name = harborName(text, images)
      if (name.ok) return good(declaredImage(text, images.mode === 'mirror' ? text : name.value))
      const where: Problem['where'] = [
        { in: 'release', release: release.name, file: release.file, path: ['images', 'extra', index] },
      ]
      return bad(name.problems.map((one) => ({ ...one, where })) as Problems)
    }),
  )
  problems.push(...(declared.ok ? unused() : declared.problems))
  return unless(problems, () => ({
    ...release,
    ...done,
    declaredImages: declared.ok ? declared.value : [],
  }))
}

/**
 * Points every image at Harbor, wherever it was found; in mode `mirror` the nodes do this, and names stay. Registries without a project,
 * malformed names and, where that is asked for, undecided suspects are refused, all at once. Fields that hold no image stay as they are.
 */
export const rewrite = (
  set: SetOf<RenderedRelease>,
  options: RewriteOptions = {},
): Outcome<SetOf<RewrittenRelease>> => {
  const { images } = set.site
  const search = searchFor([images.harbor, ...Object.keys(images.projects)], images.finders)
  const releases = all(set.releases.map((release) => rewriteRelease(release, images, search, options)))
  return releases.ok
    ? good({ ...set, releases: releases.value }, foldPlaces(releases.warnings))
    : bad(foldPlaces(releases.problems) as Problems)
}
