import type { ReadFiles } from '../../core/effects/files.ts'
import type { Path } from '../../core/pointer.ts'
import type { Problem, Where } from '../../core/problem.ts'
import type { ResolvedRelease } from '../../core/records.ts'
import { placeIn } from './values-place.ts'

/** Where a release's own file declares a site value of its own, or one of its places; `pointToDeclared` gives it a line. */
export const declaredAt = (release: ResolvedRelease, id: string, place?: number): Where => {
  const { name, file } = release
  const path: Path = ['siteValues', id.slice(name.length + 1), ...(place === undefined ? [] : ['at', place])]
  return { in: 'release', release: name, file, ...(id.startsWith(`${name}/`) ? { path } : {}) }
}

/**
 * Problems with file, line and column of what a release's own file declares: in the part for its environment where that has it. What cannot be found
 * there stays without a line.
 */
export const pointToDeclared = async (
  problems: Problem[],
  { environment }: Pick<ResolvedRelease, 'environment'>,
  files: ReadFiles,
): Promise<Problem[]> => {
  const placed = async (where: Where): Promise<Where> => {
    if (where.in !== 'release' || where.path === undefined) return where
    const { path, ...whole } = where
    for (const root of [['environments', environment], []]) {
      const place = await placeIn({ file: where.file ?? '', root }, path.map(String), files)
      if (place !== undefined) return place
    }
    return whole
  }
  return await Promise.all(
    problems.map(async (one) => ({ ...one, where: await Promise.all(one.where.map(placed)) })),
  )
}
